import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/calls/call.ts';
import { type ChangeCallCommand, changeCall } from '../../../src/calls/change-call.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { Bench, hourMs, minuteMs, startMs } from './bench.ts';

const manageToken = 'abcdefghijklmnopqrstuv';

function benchWith(changed: Partial<Call> = {}): Bench {
  const bench = new Bench();
  bench.put({ manageTokenSha256: sha256(manageToken), customer: { timeZone: 'America/Los_Angeles' }, ...changed });
  return bench;
}

const cancel: ChangeCallCommand = { callId: 'call-1', manageToken, change: { do: 'cancel' } };
const slot = { date: '2026-11-24', from: '10:00', to: '11:00' };
const move = (when: 'now' | typeof slot): ChangeCallCommand => ({ ...cancel, change: { do: 'reschedule', when } });

describe('changeCall', () => {
  it.each(['accepted', 'waiting', 'unanswered'] as const)('cancels a call that is %s', async (status) => {
    const bench = benchWith({ status });

    const changed = await changeCall(bench.deps, cancel);

    expect(changed).toMatchObject({ ok: true, value: { status: 'cancelled', outcome: 'cancelled-by-person' } });
    expect(bench.call().status).toBe('cancelled');
    expect(bench.ledger.openCallIds('+14155550132', ['billing'])).toEqual([]);
  });

  it.each(['dialing', 'placed', 'connected', 'completed', 'expired', 'failed'] as const)(
    'says that it is too late to change a call that is %s',
    async (status) => {
      const bench = benchWith({ status });

      expect(await changeCall(bench.deps, cancel)).toEqual({ ok: false, failure: { code: 'too-late' } });
      expect(await changeCall(bench.deps, move('now'))).toEqual({ ok: false, failure: { code: 'too-late' } });
      expect(bench.call().status).toBe(status);
    },
  );

  it('gives the same answer again to a repeated request to cancel', async () => {
    const bench = benchWith();

    const first = await changeCall(bench.deps, cancel);
    const second = await changeCall(bench.deps, cancel);

    expect(second).toEqual(first);
  });

  it.each([
    ['a wrong token', { manageToken: 'zzzzzzzzzzzzzzzzzzzzzz' }],
    ['no token', { manageToken: '' }],
    ['an unknown call', { callId: 'call-9' }],
  ])('finds nothing for %s', async (_what, wrong) => {
    const bench = benchWith();

    const changed = await changeCall(bench.deps, { ...cancel, ...wrong });

    expect(changed).toEqual({ ok: false, failure: { code: 'not-found' } });
    expect(bench.call().status).toBe('accepted');
  });

  it('reschedules to a slot in the zone of the request, under a verdict on that slot', async () => {
    const bench = benchWith({ status: 'waiting' });
    const fromMs = Date.UTC(2026, 10, 24, 18);
    bench.decide = ({ window }) => ({ verdict: 'defer', untilMs: window?.fromMs ?? 0 });

    const changed = await changeCall(bench.deps, move(slot));

    expect(changed.ok).toBe(true);
    expect(bench.call()).toMatchObject({
      status: 'waiting',
      dueAtMs: fromMs,
      expiresAtMs: fromMs + hourMs,
      window: { fromMs, toMs: fromMs + hourMs },
    });
    expect(bench.ledger.record('call-1')?.decisions.at(-1)).toMatchObject({ verdict: 'defer' });
  });

  it('reschedules to now, without the window of before', async () => {
    const bench = benchWith({
      status: 'waiting',
      dueAtMs: startMs + hourMs,
      window: { fromMs: startMs + hourMs, toMs: startMs + 2 * hourMs },
    });
    let asked: unknown = 'nothing';
    bench.decide = ({ window }) => {
      asked = window;
      return { verdict: 'allow' };
    };

    await changeCall(bench.deps, move('now'));

    expect(asked).toBeUndefined();
    expect(bench.call()).toMatchObject({ dueAtMs: startMs, expiresAtMs: startMs + 72 * hourMs });
    expect(bench.call().window).toBeUndefined();
  });

  it('keeps the plan and puts the verdict on record where the policy denies the new time', async () => {
    const bench = benchWith({ status: 'waiting', dueAtMs: startMs + hourMs });
    bench.decide = () => ({ verdict: 'deny' });

    const changed = await changeCall(bench.deps, move(slot));

    expect(changed).toEqual({ ok: false, failure: { code: 'number-not-callable' } });
    expect(bench.call()).toMatchObject({ status: 'waiting', dueAtMs: startMs + hourMs });
    expect(bench.ledger.record('call-1')?.decisions.at(-1)).toMatchObject({ verdict: 'deny' });
  });

  it.each([
    ['no lawful instant is left in it', { verdict: 'deny', because: 'window-over' }],
    ['the first one comes at its end', { verdict: 'defer', untilMs: Date.UTC(2026, 10, 24, 19) }],
  ] as const)('says that it is about the time, as a request does, where %s', async (_what, verdict) => {
    const bench = benchWith({ status: 'waiting', dueAtMs: startMs + hourMs });
    bench.decide = () => verdict;

    const changed = await changeCall(bench.deps, move(slot));

    expect(changed).toEqual({
      ok: false,
      failure: {
        code: 'invalid-request',
        errors: [
          { pointer: '/when', detail: 'when must be a time at which this number may be called; choose another one.' },
        ],
      },
    });
    expect(bench.call()).toMatchObject({ status: 'waiting', dueAtMs: startMs + hourMs });
    expect(bench.ledger.record('call-1')?.decisions.at(-1)).toMatchObject(verdict);
  });

  it.each([
    ['a list', slot, { verdict: 'deny', because: 'internal-dnc' }],
    ['no lawful instant at all', slot, { verdict: 'deny', because: 'no-lawful-instant' }],
    ['a call for now that comes too late', 'now', { verdict: 'defer', untilMs: startMs + 100 * hourMs }],
  ] as const)('tells no more than that the number is not called for %s', async (_what, when, verdict) => {
    const bench = benchWith({ status: 'waiting', dueAtMs: startMs + hourMs });
    bench.decide = () => verdict;

    const changed = await changeCall(bench.deps, move(when));

    expect(changed).toEqual({ ok: false, failure: { code: 'number-not-callable' } });
  });

  it('says what is wrong with a slot that is over', async () => {
    const bench = benchWith();

    const changed = await changeCall(bench.deps, move({ ...slot, date: '2026-11-20' }));

    expect(changed).toMatchObject({ ok: false, failure: { code: 'invalid-request', errors: [{ pointer: '/when' }] } });
  });

  it('changes the call all the same where something else moved it meanwhile', async () => {
    const bench = benchWith({ dueAtMs: startMs + hourMs });
    const { commit } = bench.calls;
    let moved = false;
    bench.calls.commit = async (change, log) => {
      const row = bench.ledger.rows.get('call-1');
      if (!moved && row) row.call = { ...row.call, status: 'waiting', version: 2 };
      moved = true;
      return commit(change, log);
    };

    const changed = await changeCall(bench.deps, cancel);

    expect(changed.ok).toBe(true);
    expect(bench.call()).toMatchObject({ status: 'cancelled', version: 3 });
  });

  it('is too late where a worker claims the call in the same moment', async () => {
    const bench = benchWith();
    const { commit } = bench.calls;
    bench.calls.commit = async (change, log) => {
      const row = bench.ledger.rows.get('call-1');
      if (row) row.call = { ...row.call, status: 'dialing', version: row.call.version + 1 };
      return commit(change, log);
    };

    const changed = await changeCall(bench.deps, cancel);

    expect(changed).toEqual({ ok: false, failure: { code: 'too-late' } });
  });

  it('gives up after five conflicts and has changed nothing then', async () => {
    const bench = benchWith({ dueAtMs: startMs + minuteMs });
    bench.calls.commit = async () => 'conflict';

    const changed = await changeCall(bench.deps, cancel);

    expect(changed).toEqual({ ok: false, failure: { code: 'request-in-progress' } });
  });
});
