import { describe, expect, it } from 'vitest';
import { CallEventSchema, callEventTypes } from '../../../events/call-event/schema.ts';
import type { Call } from '../../../src/calls/call.ts';
import { callEventOf } from '../../../src/calls/call-event.ts';
import { type CallEvent as Step, transition } from '../../../src/calls/lifecycle.ts';
import { hourMs, sampleAttempt, sampleCall, startMs } from './bench.ts';

const callId = '0199a3c1-5f0e-7cc3-9d5b-6f1e0a7b8c9d';
const settings = { organizationId: 'org', wholeNumbers: false };
const call = (changed: Partial<Call> = {}) => sampleCall({ id: callId, ...changed });
const eventOf = (after: Call, before?: Call, told = settings) =>
  callEventOf({ call: after, ...(before && { before }), atMs: startMs + 5_000 }, told);
/** The event of one step of the state machine. */
const eventAfter = (before: Call, step: Step, attempt = sampleAttempt({ callId })) =>
  eventOf(transition(before, attempt, step).call, before);

const atMs = startMs;
const placedAttempt = sampleAttempt({ callId, status: 'placed', taskId: 'task' });
const sentAttempt = sampleAttempt({ callId, status: 'sent' });
const dialing = call({ status: 'dialing', version: 3, attemptCount: 1 });
const placed = call({ status: 'placed', version: 4, attemptCount: 1, placedCount: 1 });

describe('callEventOf', () => {
  it.each<[string, ReturnType<typeof eventOf>]>([
    ['call.requested.v1', eventOf(call())],
    ['call.refused.v1', eventOf(call({ status: 'refused', outcome: 'suppressed', endedAtMs: startMs }))],
    ['call.deferred.v1', eventAfter(call(), { type: 'deferred', atMs, untilMs: startMs + hourMs })],
    [
      'call.deferred.v1',
      eventAfter(dialing, { type: 'not-sent', atMs, retryAtMs: startMs, detail: '429' }, sentAttempt),
    ],
    ['call.placed.v1', eventAfter(dialing, { type: 'placed', atMs, taskId: 'task' }, sentAttempt)],
    ['call.connected.v1', eventAfter(placed, { type: 'answered', atMs, checkAtMs: startMs }, placedAttempt)],
    ['call.unanswered.v1', eventAfter(placed, { type: 'went-unanswered', atMs, outcome: 'abandoned' }, placedAttempt)],
    [
      'call.deferred.v1',
      eventAfter(
        call({ status: 'unanswered', version: 5 }),
        { type: 'retried', atMs, dueAtMs: startMs },
        placedAttempt,
      ),
    ],
    ['call.completed.v1', eventAfter(placed, { type: 'finished', atMs, outcome: 'unknown' }, placedAttempt)],
    ['call.refused.v1', eventAfter(call(), { type: 'refused', atMs, outcome: 'not-callable' })],
    ['call.cancelled.v1', eventAfter(call(), { type: 'cancelled', atMs, by: 'operator' })],
    ['call.expired.v1', eventAfter(call(), { type: 'expired', atMs })],
    ['call.failed.v1', eventAfter(dialing, { type: 'rejected', atMs, detail: 'no' }, sentAttempt)],
  ])('is %s, and true to its contract', (type, event) => {
    expect(event?.type).toBe(type);
    expect(CallEventSchema.parse(event)).toEqual(event);
  });

  it('has a step for every type that is promised', () => {
    expect(callEventTypes).toHaveLength(10);
  });

  it.each<[string, ReturnType<typeof eventOf>]>([
    ['a timer that was set', eventAfter(call(), { type: 'armed', atMs })],
    ['an attempt that was claimed', eventAfter(call(), { type: 'claimed', atMs, decision: {} as never })],
    ['a request that was marked', eventAfter(dialing, { type: 'marked-sent', atMs })],
    ['a look that found nothing new', eventAfter(placed, { type: 'checked', atMs, checkAtMs: startMs }, placedAttempt)],
    ['the same version again', eventOf(placed, placed)],
  ])('is nothing for %s', (_what, event) => {
    expect(event).toBeUndefined();
  });

  it('has an id of call and version, the same whenever it is told', () => {
    const one = eventAfter(dialing, { type: 'placed', atMs, taskId: 'task' }, sentAttempt);
    const again = eventAfter(dialing, { type: 'placed', atMs, taskId: 'task' }, sentAttempt);

    expect(one).toMatchObject({
      id: `${callId}-v4`,
      subject: callId,
      source: 'urn:ringback:org',
      data: { version: 4 },
    });
    expect(again).toEqual(one);
  });

  it('masks the number unless the settings say otherwise, and tells nothing of the person', () => {
    const asked = call({ customer: { name: 'Ada', email: 'ada@example.com' }, attributes: { invoice: '4411' } });

    expect(eventOf(asked)?.data.number).toBe('+1415*****32');
    expect(eventOf(asked, undefined, { ...settings, wholeNumbers: true })?.data.number).toBe('+14155550132');
    expect(JSON.stringify(eventOf(asked))).not.toMatch(/Ada|ada@|4411/);
  });
});
