import { describe, expect, it } from 'vitest';
import { reconcileCall } from '../../../src/calls/reconcile-call.ts';
import { reconcileCalls, sweepPageMax } from '../../../src/calls/reconcile-calls.ts';
import type { TaskSighting } from '../../../src/calls/task-gateway.ts';
import { Bench, hourMs, minuteMs, sampleAttempt, startMs } from './bench.ts';

const seen = (told: Partial<TaskSighting> = {}): TaskSighting => ({
  taskId: 'task-1',
  createdAtMs: startMs,
  attemptId: 'call-1.1',
  outcome: 'pending',
  ...told,
});

/** A bench with a call whose first attempt has come so far, looked at `laterMs` after it was sent. */
function attempted(
  status: 'claimed' | 'sent' | 'uncertain' | 'placed',
  laterMs: number,
  changed: Parameters<Bench['put']>[0] = {},
): Bench {
  const bench = new Bench();
  bench.put({ status: 'dialing', attemptCount: 1, checkAtMs: startMs, ...changed }, [
    sampleAttempt({
      status,
      ...(status !== 'claimed' && { sentAtMs: startMs }),
      ...(status === 'placed' && { settledAtMs: startMs, taskId: 'task-1' }),
    }),
  ]);
  bench.nowMs = startMs + laterMs;
  return bench;
}

const placed = (laterMs: number, changed: Parameters<Bench['put']>[0] = {}): Bench =>
  attempted('placed', laterMs, { status: 'placed', placedCount: 1, ...changed });

describe('reconcileCall', () => {
  it('queues a call whose timer was lost', async () => {
    const bench = new Bench();
    bench.put({ status: 'waiting' });
    bench.nowMs = startMs + 2 * minuteMs;

    const outcome = await reconcileCall(bench.deps, 'call-1');

    expect(outcome).toBe('sent-to-queue');
    expect(bench.queued).toEqual([{ callId: 'call-1', delaySeconds: 0 }]);
    expect(bench.call().checkAtMs).toBe(bench.nowMs + 90_000);
  });

  it('leaves a call alone that something has moved on', async () => {
    const bench = new Bench();
    bench.put({ status: 'waiting', checkAtMs: startMs + minuteMs });

    expect(await reconcileCall(bench.deps, 'call-1')).toBe('nothing-to-do');
  });

  it('puts a call back whose worker died between claim and mark, without asking Webex', async () => {
    const bench = attempted('claimed', minuteMs);
    bench.sighting = () => {
      throw new Error('Webex must not be asked about what never left.');
    };

    const outcome = await reconcileCall(bench.deps, 'call-1');

    expect(outcome).toBe('settled');
    expect(bench.call()).toMatchObject({ status: 'waiting', dueAtMs: bench.nowMs });
    expect(bench.attempts()).toMatchObject([{ status: 'absent' }]);
  });

  it('looks an attempt up whose worker died after the mark, and holds it for placed when Webex knows it', async () => {
    const bench = attempted('sent', minuteMs);
    bench.sighting = () => seen();

    const outcome = await reconcileCall(bench.deps, 'call-1');

    expect(outcome).toBe('settled');
    expect(bench.call()).toMatchObject({ status: 'placed', placedCount: 1 });
    expect(bench.attempts()).toMatchObject([{ status: 'placed', taskId: 'task-1' }]);
  });

  it('takes no task without a mark that was created when its own could not be any more', async () => {
    const bench = attempted('uncertain', 10 * minuteMs);
    const asked: unknown[] = [];
    bench.sighting = ({ toMs, unmarked }) => {
      asked.push({ toMs, unmarked });
      return undefined;
    };

    await reconcileCall(bench.deps, 'call-1');

    const unmarked = { fromMs: startMs - 2 * minuteMs, toMs: startMs + 6 * minuteMs, type: 'CALLBACK' };
    expect(asked).toEqual([{ toMs: bench.nowMs, unmarked }]);
  });

  it('asks again a minute later while Search may still lag behind a task of the last moment', async () => {
    const bench = attempted('uncertain', 10 * minuteMs + 59_000);

    const outcome = await reconcileCall(bench.deps, 'call-1');

    expect(outcome).toBe('still-open');
    expect(bench.call()).toMatchObject({ status: 'dialing', checkAtMs: bench.nowMs + minuteMs });
  });

  it('sends again what Webex does not know after the settle time', async () => {
    const bench = attempted('uncertain', 11 * minuteMs);

    const outcome = await reconcileCall(bench.deps, 'call-1');

    expect(outcome).toBe('settled');
    expect(bench.call()).toMatchObject({ status: 'waiting', dueAtMs: bench.nowMs, placedCount: 0 });
    expect(bench.attempts()).toMatchObject([{ status: 'absent' }]);
  });

  it.each([
    ['the line wants a person to decide', { line: 'support' }],
    ['the time of the call is over', { expiresAtMs: startMs + minuteMs }],
  ])('hands over what Webex does not know where %s', async (_why, changed) => {
    const bench = attempted('uncertain', 11 * minuteMs, changed);

    await reconcileCall(bench.deps, 'call-1');

    expect(bench.call()).toMatchObject({ status: 'failed', outcome: 'handed-over' });
  });

  it('concludes nothing where Search cannot be read, and lets others have their turn first', async () => {
    const bench = attempted('uncertain', hourMs);
    bench.sighting = () => {
      throw new Error('Search is down.');
    };

    await expect(reconcileCall(bench.deps, 'call-1')).rejects.toThrow('Search is down.');

    expect(bench.call()).toMatchObject({ status: 'dialing', checkAtMs: bench.nowMs + minuteMs });
    expect(bench.attempts()).toMatchObject([{ status: 'uncertain' }]);
  });

  it('takes the outcome from Search and finishes the call when the people have parted', async () => {
    const bench = placed(minuteMs);
    bench.sighting = () => seen({ outcome: 'connected', endedAtMs: startMs + 50_000 });

    await reconcileCall(bench.deps, 'call-1');
    const talking = bench.call().status;
    await reconcileCall(bench.deps, 'call-1');

    expect(talking).toBe('connected');
    expect(bench.call()).toMatchObject({ status: 'completed', outcome: 'connected' });
    expect(bench.attempts()).toMatchObject([{ outcome: 'connected' }]);
  });

  it('looks every 5 minutes in the first hour and every hour after it', async () => {
    const early = placed(30 * minuteMs);
    const late = placed(3 * hourMs);

    await reconcileCall(early.deps, 'call-1');
    await reconcileCall(late.deps, 'call-1');

    expect(early.call().checkAtMs).toBe(early.nowMs + 5 * minuteMs);
    expect(late.call().checkAtMs).toBe(late.nowMs + hourMs);
  });

  it('finishes a placed call as unknown where Webex told nothing in 24 hours', async () => {
    const bench = placed(24 * hourMs + 1);

    await reconcileCall(bench.deps, 'call-1');

    expect(bench.call()).toMatchObject({ status: 'completed', outcome: 'unknown' });
  });

  it('calls again by the rule of the line when nobody answered', async () => {
    const bench = placed(minuteMs, { customer: { timeZone: 'America/Los_Angeles' } });
    bench.sighting = () => seen({ outcome: 'unanswered', endedAtMs: startMs });

    await reconcileCall(bench.deps, 'call-1');
    const between = bench.call().status;
    await reconcileCall(bench.deps, 'call-1');

    expect(between).toBe('unanswered');
    // It is 10:01 there: two hours later is another part of the day.
    expect(bench.call()).toMatchObject({ status: 'waiting', dueAtMs: startMs + 2 * hourMs + minuteMs });
  });

  it('leaves redialing to Webex where the line says so', async () => {
    const bench = placed(minuteMs, { line: 'support' });
    bench.sighting = () => seen({ outcome: 'unanswered', endedAtMs: startMs });

    await reconcileCall(bench.deps, 'call-1');
    await reconcileCall(bench.deps, 'call-1');

    expect(bench.call()).toMatchObject({ status: 'completed', outcome: 'unanswered' });
  });
});

describe('reconcileCalls', () => {
  it('moves on the others where one call fails', async () => {
    const bench = attempted('uncertain', minuteMs);
    bench.put({ id: 'call-2', number: '+14155550133', status: 'waiting', checkAtMs: startMs });
    bench.sighting = () => {
      throw new Error('Search is down.');
    };

    const { outcomes, failures } = await reconcileCalls(bench.deps, bench.nowMs + minuteMs);

    expect(outcomes).toEqual({ 'sent-to-queue': 1 });
    expect(failures.map(({ callId }) => callId)).toEqual(['call-1']);
  });

  const waiting = (count: number): Bench => {
    const bench = new Bench();
    for (let n = 0; n < count; n += 1) {
      const number = `+1415555${String(1_000 + n)}`;
      bench.put({ id: `call-${n}`, number, status: 'waiting', checkAtMs: startMs });
    }
    return bench;
  };

  it('reads on until no call is left', async () => {
    const bench = waiting(2 * sweepPageMax + 50);

    await reconcileCalls(bench.deps, bench.nowMs + minuteMs);

    expect(bench.queued).toHaveLength(2 * sweepPageMax + 50);
  });

  it('looks at no call twice where the oldest ones all fail', async () => {
    const bench = waiting(sweepPageMax + 10);
    const queue = { send: () => Promise.reject(new Error('The queue is down.')) };
    const calls = { ...bench.calls, due: async () => [...bench.ledger.rows.keys()].slice(0, sweepPageMax) };

    const { failures } = await reconcileCalls({ ...bench.deps, calls, queue }, bench.nowMs + minuteMs);

    expect(failures).toHaveLength(sweepPageMax);
  });

  it('begins nothing after its time', async () => {
    const bench = waiting(20);
    const queue = { send: () => bench.clock.sleep(10_000) };

    const { outcomes } = await reconcileCalls({ ...bench.deps, queue }, bench.nowMs + minuteMs);

    expect(outcomes['sent-to-queue']).toBeLessThanOrEqual(9);
    expect(await bench.calls.due(bench.nowMs, 100)).not.toHaveLength(0);
  });
});
