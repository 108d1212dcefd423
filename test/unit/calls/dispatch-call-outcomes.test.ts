import { describe, expect, it } from 'vitest';
import { dispatchCall } from '../../../src/calls/dispatch-call.ts';
import { Bench, hourMs, minuteMs, sampleAttempt, startMs } from './bench.ts';

const number = '+14155550132';
const suppression = {
  number,
  list: 'internal',
  reason: 'asked',
  source: 'phone',
  addedBy: 'operator:1',
  addedAtMs: startMs,
};

describe('dispatchCall', () => {
  it('asks for one task with the attempt id and records what Webex answered', async () => {
    const bench = new Bench();
    bench.put({ customer: { name: 'Ada', reason: 'invoice' } });

    const outcome = await dispatchCall(bench.deps, 'call-1');

    expect(outcome).toBe('placed');
    expect(bench.requests.map(({ request }) => request)).toMatchObject([
      {
        attemptId: 'call-1.1',
        destination: number,
        attributes: { topic: 'billing', customerName: 'Ada', callReason: 'invoice', ringback_attempt: 'call-1.1' },
      },
    ]);
    expect(bench.call()).toMatchObject({ status: 'placed', placedCount: 1 });
    expect(bench.attempts()).toMatchObject([{ status: 'placed', taskId: 'task-1' }]);
  });

  it.each(['dialing', 'placed', 'cancelled', 'completed'] as const)(
    'does nothing for a repeated message about a call that is %s',
    async (status) => {
      const bench = new Bench();
      bench.put({ status });

      const outcome = await dispatchCall(bench.deps, 'call-1');

      expect(outcome).toBe('nothing-to-do');
      expect(bench.requests).toEqual([]);
    },
  );

  it('does nothing for a call that is due later or does not exist', async () => {
    const bench = new Bench();
    bench.put({ status: 'waiting', dueAtMs: startMs + minuteMs });

    expect(await dispatchCall(bench.deps, 'call-1')).toBe('nothing-to-do');
    expect(await dispatchCall(bench.deps, 'call-2')).toBe('nothing-to-do');
  });

  it('waits for the due instant before it asks the policy when the message is a little early', async () => {
    const bench = new Bench();
    bench.put({ status: 'waiting', dueAtMs: startMs + 700 });
    const asked: number[] = [];
    bench.decide = ({ atMs }) => {
      asked.push(atMs);
      return { verdict: 'allow' };
    };

    await dispatchCall(bench.deps, 'call-1');

    expect(asked).toEqual([startMs + 700]);
  });

  it('defers until the instant that the policy tells, and keeps the decision', async () => {
    const bench = new Bench();
    bench.put();
    bench.decide = () => ({ verdict: 'defer', untilMs: startMs + hourMs });

    const outcome = await dispatchCall(bench.deps, 'call-1');

    expect(outcome).toBe('deferred');
    expect(bench.call()).toMatchObject({ status: 'waiting', dueAtMs: startMs + hourMs });
    expect(bench.ledger.record('call-1')?.decisions.at(-1)).toMatchObject({ verdict: 'defer' });
  });

  it.each([
    ['the next lawful instant is after its end', { verdict: 'defer', untilMs: startMs + 73 * hourMs } as const],
    ['no lawful instant is left in the wished window', { verdict: 'deny', because: 'window-over' } as const],
  ])('expires where %s', async (_why, verdict) => {
    const bench = new Bench();
    bench.put();
    bench.decide = () => verdict;

    const outcome = await dispatchCall(bench.deps, 'call-1');

    expect(outcome).toBe('expired');
    expect(bench.call()).toMatchObject({ status: 'expired', outcome: 'window-over' });
  });

  it('refuses where the policy denies', async () => {
    const bench = new Bench();
    bench.put();
    bench.decide = () => ({ verdict: 'deny' });

    const outcome = await dispatchCall(bench.deps, 'call-1');

    expect(outcome).toBe('refused');
    expect(bench.call()).toMatchObject({ status: 'refused', outcome: 'not-callable' });
  });

  it('refuses without a request where the number was suppressed between verdict and sending', async () => {
    const bench = new Bench();
    bench.put();
    bench.ledger.suppressions.set(number, suppression);

    const outcome = await dispatchCall(bench.deps, 'call-1');

    expect(outcome).toBe('refused');
    expect(bench.requests).toEqual([]);
    expect(bench.call()).toMatchObject({ status: 'refused', outcome: 'suppressed' });
    expect(bench.ledger.attemptLog(number).attemptsMs).toEqual([]);
  });
});

describe('two workers', () => {
  it('make one attempt of the same message', async () => {
    const bench = new Bench();
    bench.put();

    const outcomes = await Promise.all([dispatchCall(bench.deps, 'call-1'), dispatchCall(bench.deps, 'call-1')]);

    expect(outcomes.toSorted()).toEqual(['conflict', 'placed']);
    expect(bench.requests).toHaveLength(1);
  });

  it('do not both count an attempt on what they read of the same number at the same time', async () => {
    const bench = new Bench();
    bench.put();
    bench.put({ id: 'call-2', line: 'support' });

    const outcomes = await Promise.all([dispatchCall(bench.deps, 'call-1'), dispatchCall(bench.deps, 'call-2')]);

    expect(outcomes.toSorted()).toEqual(['conflict', 'placed']);
    expect(bench.ledger.attemptLog(number).attemptsMs).toHaveLength(1);
  });
});

describe('an answer of Webex', () => {
  it('is waited for until 10 s after the mark, and never beyond the end of the call', async () => {
    const bench = new Bench();
    bench.put({ expiresAtMs: startMs + 4_000 });
    bench.put({ id: 'call-2', line: 'support', number: '+14155550133' });

    await dispatchCall(bench.deps, 'call-1');
    await dispatchCall(bench.deps, 'call-2');

    expect(bench.requests.map(({ deadlineMs }) => deadlineMs - startMs)).toEqual([4_000, 10_000]);
  });

  it('fails the call and gives its attempt back to the caps where it is a refusal', async () => {
    const bench = new Bench();
    bench.put();
    bench.answer = () => ({ outcome: 'rejected', status: 400, words: 'Invalid entry point' });

    const outcome = await dispatchCall(bench.deps, 'call-1');

    expect(outcome).toBe('rejected');
    expect(bench.call()).toMatchObject({ status: 'failed', outcome: 'rejected-by-webex' });
    expect(bench.ledger.attemptLog(number).attemptsMs).toEqual([]);
  });

  it('puts the call back until Retry-After and does not count the attempt where it is a 429', async () => {
    const bench = new Bench();
    bench.put();
    bench.answer = () => ({ outcome: 'throttled', retryAfterMs: 30_000 });

    const outcome = await dispatchCall(bench.deps, 'call-1');

    expect(outcome).toBe('put-back');
    expect(bench.call()).toMatchObject({ status: 'waiting', dueAtMs: startMs + 30_000, placedCount: 0 });
    expect(bench.ledger.attemptLog(number).attemptsMs).toEqual([]);
  });

  it('puts the call back for longer each time, at most 10 minutes, while Webex takes nothing', async () => {
    const bench = new Bench();
    bench.put();
    bench.answer = () => ({ outcome: 'unsent', cause: 'no-token', retryAfterMs: 10_000 });
    const waits: number[] = [];

    for (let time = 0; time < 14; time += 1) {
      await dispatchCall(bench.deps, 'call-1');
      waits.push((bench.call().dueAtMs - bench.nowMs) / 1_000);
      bench.nowMs = bench.call().dueAtMs;
    }

    expect(waits).toEqual([10, 10, 10, 10, 16, 32, 64, 128, 256, 512, 600, 600, 600, 600]);
  });

  it('that never came leaves the attempt uncertain, to be looked up in 30 s', async () => {
    const bench = new Bench();
    bench.put();
    bench.answer = () => ({ outcome: 'uncertain', cause: 'no-answer: TIMEOUT' });

    const outcome = await dispatchCall(bench.deps, 'call-1');

    expect(outcome).toBe('uncertain');
    expect(bench.call()).toMatchObject({ status: 'dialing', checkAtMs: startMs + 30_000 });
    expect(bench.attempts()).toMatchObject([{ status: 'uncertain', detail: 'no-answer: TIMEOUT' }]);
    expect(bench.ledger.attemptLog(number).attemptsMs).toHaveLength(1);
  });

  it.each([1, 4])('is written again where its write met others %i times and nothing has changed', async (times) => {
    const bench = new Bench();
    bench.put();
    bench.answer = () => ({ outcome: 'throttled', retryAfterMs: 30_000 });
    let met = 0;
    const commit: Bench['calls']['commit'] = async (change, log) =>
      change.attempt?.next.status === 'absent' && (met += 1) <= times ? 'conflict' : bench.calls.commit(change, log);

    const outcome = await dispatchCall({ ...bench.deps, calls: { ...bench.calls, commit } }, 'call-1');

    expect(outcome).toBe('put-back');
    expect(bench.call()).toMatchObject({ status: 'waiting' });
    expect(bench.attempts()).toMatchObject([{ status: 'absent' }]);
  });

  it('that came late settles what the sweep has left uncertain meanwhile', async () => {
    const bench = new Bench();
    bench.put();
    bench.answer = () => {
      const row = bench.ledger.rows.get('call-1');
      if (row) {
        row.call = { ...row.call, version: row.call.version + 1 };
        row.attempts[0] = sampleAttempt({ status: 'uncertain', sentAtMs: startMs });
      }
      return { outcome: 'placed', taskId: 'task-9' };
    };

    const outcome = await dispatchCall(bench.deps, 'call-1');

    expect(outcome).toBe('placed');
    expect(bench.attempts()).toMatchObject([{ status: 'placed', taskId: 'task-9' }]);
  });
});
