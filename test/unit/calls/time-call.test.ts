import { describe, expect, it } from 'vitest';
import { timeCall } from '../../../src/calls/time-call.ts';
import { Bench, hourMs, startMs } from './bench.ts';

describe('timeCall', () => {
  it.each([
    ['at once', 0, 0],
    ['in the past', -5_000, 0],
    ['in a moment', 1_500, 2],
    ['within a minute', 60_000, 60],
  ])('queues a call that is due %s', async (_when, aheadMs, delaySeconds) => {
    const bench = new Bench();
    const call = bench.put({ dueAtMs: startMs + aheadMs });

    const outcome = await timeCall(bench.deps, call);

    expect(outcome).toBe('queued');
    expect(bench.queued).toEqual([{ callId: 'call-1', delaySeconds }]);
    expect(bench.call().status).toBe('accepted');
  });

  it('gives a later call its timer and lets it wait', async () => {
    const bench = new Bench();
    const call = bench.put({ dueAtMs: startMs + hourMs });

    const outcome = await timeCall(bench.deps, call);

    expect(outcome).toBe('timed');
    expect(bench.timers.get('call-1')).toBe(startMs + hourMs);
    expect(bench.call().status).toBe('waiting');
  });

  it('moves the timer of a call that was rescheduled', async () => {
    const bench = new Bench();
    const before = bench.put({ status: 'waiting', dueAtMs: startMs + hourMs });

    await timeCall(bench.deps, { ...before, dueAtMs: startMs + 2 * hourMs, version: 2 }, before);

    expect(bench.timers.get('call-1')).toBe(startMs + 2 * hourMs);
  });

  it('arms nothing for a change that leaves the due time as it is', async () => {
    const bench = new Bench();
    const before = bench.put({ status: 'waiting', dueAtMs: startMs + hourMs });

    const outcome = await timeCall(bench.deps, { ...before, version: 2 }, before);

    expect(outcome).toBe('nothing');
    expect(bench.timers.size).toBe(0);
  });

  it('removes the timer of a call that was cancelled while it waited', async () => {
    const bench = new Bench();
    const before = bench.put({ status: 'waiting', dueAtMs: startMs + hourMs });
    await timeCall(bench.deps, before);

    const outcome = await timeCall(bench.deps, { ...before, status: 'cancelled', version: 2 }, before);

    expect(outcome).toBe('cleared');
    expect(bench.timers.size).toBe(0);
  });

  it('does the same again for a repeated record and minds no change that came in between', async () => {
    const bench = new Bench();
    const call = bench.put({ dueAtMs: startMs + hourMs });

    await timeCall(bench.deps, call);
    const again = await timeCall(bench.deps, call);

    expect(again).toBe('timed');
    expect(bench.call()).toMatchObject({ status: 'waiting', version: 2 });
  });
});
