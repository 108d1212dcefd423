import { describe, expect, it } from 'vitest';
import { type OutcomeReport, recordOutcome } from '../../../src/calls/record-outcome.ts';
import { Bench, minuteMs, sampleAttempt, startMs } from './bench.ts';

const report = (told: Partial<OutcomeReport> = {}): OutcomeReport => ({
  attemptId: 'call-1.1',
  taskId: 'task-1',
  createdAtMs: startMs,
  outcome: 'connected',
  ...told,
});

function placedBench(): Bench {
  const bench = new Bench();
  bench.put({ status: 'placed', attemptCount: 1, placedCount: 1 }, [
    sampleAttempt({ status: 'placed', sentAtMs: startMs, settledAtMs: startMs, taskId: 'task-1' }),
  ]);
  return bench;
}

describe('recordOutcome', () => {
  it('follows a call from its answer to its end', async () => {
    const bench = placedBench();

    const answered = await recordOutcome(bench.deps, report());
    const talking = bench.call();
    const ended = await recordOutcome(bench.deps, report({ endedAtMs: startMs + minuteMs }));

    expect([answered, ended]).toEqual(['recorded', 'recorded']);
    expect(talking).toMatchObject({ status: 'connected', checkAtMs: bench.nowMs + 5 * minuteMs });
    expect(bench.call()).toMatchObject({ status: 'completed', outcome: 'connected' });
  });

  it('takes answer and end at once where one report tells both', async () => {
    const bench = placedBench();

    await recordOutcome(bench.deps, report({ endedAtMs: startMs + minuteMs }));

    expect(bench.call()).toMatchObject({ status: 'completed', outcome: 'connected' });
  });

  it.each(['unanswered', 'abandoned'] as const)('leaves a call that was %s to the retry rule', async (outcome) => {
    const bench = placedBench();

    await recordOutcome(bench.deps, report({ outcome, endedAtMs: startMs }));

    expect(bench.call()).toMatchObject({ status: 'unanswered', checkAtMs: bench.nowMs });
    expect(bench.attempts()).toMatchObject([{ outcome }]);
  });

  it('settles an attempt that Webex never answered, because a task that speaks was created', async () => {
    const bench = new Bench();
    bench.put({ status: 'dialing', attemptCount: 1 }, [sampleAttempt({ status: 'uncertain', sentAtMs: startMs })]);

    await recordOutcome(bench.deps, report({ outcome: 'pending' }));

    expect(bench.call()).toMatchObject({ status: 'placed', placedCount: 1 });
    expect(bench.attempts()).toMatchObject([{ status: 'placed', taskId: 'task-1' }]);
  });

  it.each([
    ['a repeated report', {}],
    ['a report about an earlier attempt', { attemptId: 'call-1.0' }],
    ['a report about a call that is not ours', { attemptId: 'call-9.1' }],
    ['a report without our id', { attemptId: '' }],
  ])('changes nothing for %s', async (_what, told) => {
    const bench = placedBench();
    await recordOutcome(bench.deps, report());
    const before = bench.call();

    const outcome = await recordOutcome(bench.deps, report(told));

    expect(outcome).toBe('nothing-to-do');
    expect(bench.call()).toEqual(before);
  });

  it('tells of a conflict where others keep changing the call, so that the report comes again', async () => {
    const bench = placedBench();
    bench.calls.commit = async () => 'conflict';

    expect(await recordOutcome(bench.deps, report())).toBe('conflict');
  });
});
