import { describe, expect, it } from 'vitest';
import type { Call, Withdrawal } from '../../../src/calls/call.ts';
import { changeCall } from '../../../src/calls/change-call.ts';
import { dispatchCall } from '../../../src/calls/dispatch-call.ts';
import { reconcileCall } from '../../../src/calls/reconcile-call.ts';
import { timeCall } from '../../../src/calls/time-call.ts';
import { cancelCalls } from '../../../src/suppression/cancel-calls.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import {
  OrderBench,
  countedAtMs,
  heldAttempt,
  heldCall,
  hourMs,
  minuteMs,
  order,
  plannedCall,
  queueId,
  sam,
  startMs,
  window,
} from './order-bench.ts';

const cancel: Withdrawal = { askedAtMs: startMs, plan: { do: 'cancel', by: 'person' } };
const later = { fromMs: window.fromMs + 3 * hourMs, toMs: window.fromMs + 4 * hourMs };
const move: Withdrawal = { askedAtMs: startMs, plan: { do: 'move', window: later, expiresAtMs: later.toMs } };
const dispatch = (bench: OrderBench) => dispatchCall(bench.orderDeps, 'call-1');
const sweep = (bench: OrderBench) => reconcileCall(bench.orderDeps, 'call-1');

describe('a call that Webex holds, right before its window', () => {
  const nearMs = window.fromMs - 5 * minuteMs;

  it('goes on where it is lawful still, without its own count', async () => {
    const bench = new OrderBench();
    bench.putHeld();
    bench.nowMs = nearMs;
    const seen: unknown[] = [];
    bench.decide = ({ attemptsMs, attemptsOfCall }) => {
      seen.push([attemptsMs, attemptsOfCall]);
      return { verdict: 'allow' };
    };

    expect(await dispatch(bench)).toBe('reviewed');

    expect(new Set(seen.map((one) => JSON.stringify(one)))).toEqual(new Set(['[[],0]']));
    expect(bench.call()).toMatchObject({ status: 'placed', checkAtMs: window.fromMs + minuteMs });
    expect(bench.done()).toEqual(['look']);
  });

  it('goes on where Webex does not tell whether it has the order', async () => {
    const bench = new OrderBench();
    bench.putHeld();
    bench.nowMs = nearMs;
    bench.looking = () => 'unknown';

    expect(await dispatch(bench)).toBe('reviewed');
  });

  it('is held by the ledger where somebody has deleted the order in Webex', async () => {
    const bench = new OrderBench();
    bench.putHeld();
    bench.nowMs = nearMs;
    bench.looking = () => 'gone';
    bench.removing = () => ({ outcome: 'not-there' });

    expect(await dispatch(bench)).toBe('withdrawn');

    expect(bench.call()).toMatchObject({ status: 'waiting', dueAtMs: nearMs });
  });

  it('is taken back where it is not, and held by the ledger for a verdict of its own', async () => {
    const bench = new OrderBench();
    bench.putHeld();
    bench.nowMs = nearMs;
    bench.decide = () => ({ verdict: 'deny' });

    expect(await dispatch(bench)).toBe('withdrawn');

    expect(bench.done()).toEqual(['remove']);
    expect(bench.call()).toMatchObject({ status: 'waiting', dueAtMs: nearMs, placedCount: 0, window });
    expect(bench.attempts()).toMatchObject([{ status: 'withdrawn' }]);
    expect(bench.counted()).toEqual([]);
    expect(await dispatch(bench)).toBe('refused');
  });

  it('is taken back where the agent of a personal callback is logged out', async () => {
    const bench = new OrderBench();
    bench.putHeld({}, { order: { ...order, assigneeAgent: sam } });
    bench.nowMs = nearMs;
    bench.agentState = () => 'away';

    expect(await dispatch(bench)).toBe('withdrawn');
  });

  it('is left alone before and after', async () => {
    const bench = new OrderBench();
    bench.putHeld();

    expect(await dispatch(bench)).toBe('nothing-to-do');
    bench.nowMs = window.fromMs;
    expect(await dispatch(bench)).toBe('nothing-to-do');
  });
});

describe('taking a call back from Webex', () => {
  it('ends it cancelled once Webex has deleted the order', async () => {
    const bench = new OrderBench();
    bench.putHeld({ withdrawal: cancel });

    expect(await dispatch(bench)).toBe('withdrawn');

    expect(bench.call()).toMatchObject({ status: 'cancelled', outcome: 'cancelled-by-person', placedCount: 0 });
    expect(bench.counted()).toEqual([]);
    expect(bench.ledger.locks.size).toBe(0);
  });

  it('takes "not there" before the window for deleted already', async () => {
    const bench = new OrderBench();
    bench.putHeld({ withdrawal: cancel });
    bench.removing = () => ({ outcome: 'not-there' });

    expect(await dispatch(bench)).toBe('withdrawn');
  });

  it.each([{ outcome: 'unknown', retryAfterMs: 60_000 } as const, { outcome: 'refused', words: 'no' } as const])(
    'asks again after $outcome, and does not say cancelled',
    async (answer) => {
      const bench = new OrderBench();
      bench.putHeld({ withdrawal: cancel });
      bench.removing = () => answer;

      expect(await dispatch(bench)).toBe('put-back');

      expect(bench.call()).toMatchObject({ status: 'placed', withdrawal: cancel });
      bench.nowMs = bench.call().checkAtMs ?? 0;
      expect(await sweep(bench)).toBe('sent-to-queue');
      expect(bench.queued).toEqual([{ callId: 'call-1', delaySeconds: 0 }]);
    },
  );

  it('is too late where Webex has begun: Search tells', async () => {
    const bench = new OrderBench();
    bench.putHeld({ withdrawal: cancel });
    bench.nowMs = window.fromMs + 1_000;
    bench.removing = () => ({ outcome: 'not-there' });

    expect(await dispatch(bench)).toBe('too-late');
    bench.nowMs = bench.call().checkAtMs ?? 0;
    bench.sighting = () => ({
      taskId: 'task-1',
      createdAtMs: window.fromMs,
      outcome: 'unanswered',
      endedAtMs: bench.nowMs,
    });
    await sweep(bench);
    expect(bench.call()).toMatchObject({ status: 'placed', withdrawal: { failed: true } });
    await sweep(bench);
    expect(bench.call().status).toBe('unanswered');
    await sweep(bench);

    expect(bench.call()).toMatchObject({ status: 'cancelled', outcome: 'cancelled-by-person', placedCount: 1 });
    expect(bench.attempts()).toMatchObject([{ taskId: 'task-1', outcome: 'unanswered' }]);
    expect(bench.counted()).toEqual([countedAtMs]);
  });

  it('has come true where no call shows until the end of the window', async () => {
    const bench = new OrderBench();
    bench.putHeld({ withdrawal: cancel });
    bench.nowMs = window.toMs;
    expect(await sweep(bench)).toBe('sent-to-queue');
    bench.nowMs = window.toMs + 10 * minuteMs;

    expect(await sweep(bench)).toBe('settled');

    expect(bench.call().status).toBe('cancelled');
    expect(bench.counted()).toEqual([]);
  });
});

describe('moving a call that Webex holds', () => {
  it('counts the new window before Webex is asked, and the old one no more afterwards', async () => {
    const bench = new OrderBench();
    bench.putHeld({ withdrawal: move });
    const counted: unknown[] = [];
    bench.moving = () => {
      counted.push(bench.counted());
      return { outcome: 'done' };
    };

    expect(await dispatch(bench)).toBe('moved');

    expect(counted).toEqual([[countedAtMs, later.fromMs]]);
    expect(bench.counted()).toEqual([later.fromMs]);
    expect(bench.asked).toMatchObject([{ do: 'move', order: { ...later, queueId } }]);
    expect(bench.call()).toMatchObject({ status: 'placed', window: later, expiresAtMs: later.toMs });
    expect(bench.call().withdrawal).toBeUndefined();
    expect(bench.attempts()).toMatchObject([{ status: 'placed', order: later }]);
  });

  it('asks for the same again after no answer, without a second count', async () => {
    const bench = new OrderBench();
    bench.putHeld({ withdrawal: move });
    bench.moving = () => ({ outcome: 'unknown', retryAfterMs: 0 });

    expect(await dispatch(bench)).toBe('put-back');
    expect(await dispatch(bench)).toBe('put-back');

    expect(bench.done()).toEqual(['move', 'move']);
    expect(bench.counted()).toEqual([countedAtMs, later.fromMs]);
  });

  it('takes the order back where Webex refuses the new window, and gives both counts back', async () => {
    const bench = new OrderBench();
    bench.putHeld({ withdrawal: move });
    bench.moving = () => ({ outcome: 'refused', words: 'no' });

    expect(await dispatch(bench)).toBe('withdrawn');

    expect(bench.done()).toEqual(['move', 'remove']);
    expect(bench.call()).toMatchObject({ status: 'waiting', window: later, expiresAtMs: later.toMs });
    expect(bench.call().heldBy).toBeUndefined();
    expect(bench.counted()).toEqual([]);
  });

  it('orders anew where Webex does not know the order before its window', async () => {
    const bench = new OrderBench();
    bench.putHeld({ withdrawal: move });
    bench.moving = () => ({ outcome: 'not-there' });

    expect(await dispatch(bench)).toBe('withdrawn');

    expect(bench.call()).toMatchObject({ status: 'waiting', heldBy: 'webex', window: later });
    expect(bench.counted()).toEqual([]);
  });

  it('does not take "not there" for deleted once the new window may have begun', async () => {
    const bench = new OrderBench();
    const sooner = { fromMs: startMs + 2 * hourMs, toMs: startMs + 3 * hourMs };
    bench.putHeld({
      withdrawal: {
        askedAtMs: startMs,
        plan: { do: 'move', window: sooner, expiresAtMs: sooner.toMs },
        order: { ...order, ...sooner },
        countedAtMs: sooner.fromMs,
      },
    });
    bench.nowMs = sooner.fromMs + 5 * minuteMs;
    bench.moving = () => ({ outcome: 'not-there' });

    expect(await dispatch(bench)).toBe('too-late');
    expect(bench.call().status).toBe('placed');
  });

  it('takes the order back for a window that Webex does not take', async () => {
    const bench = new OrderBench();
    const long = { fromMs: later.fromMs, toMs: later.fromMs + 9 * hourMs };
    bench.putHeld({ withdrawal: { askedAtMs: startMs, plan: { do: 'move', window: long, expiresAtMs: long.toMs } } });

    expect(await dispatch(bench)).toBe('withdrawn');

    expect(bench.done()).toEqual(['remove']);
    expect(bench.call()).toMatchObject({ status: 'waiting', window: long });
  });
});

describe('what a person asks for', () => {
  const manageToken = 'token';
  const managed: Partial<Call> = { manageTokenSha256: sha256(manageToken), customer: { timeZone: 'UTC' } };
  const change = (bench: OrderBench, what: Parameters<typeof changeCall>[1]['change']) =>
    changeCall(bench.orderDeps, { callId: 'call-1', manageToken, change: what });
  const wish = { do: 'reschedule', when: { date: '2026-11-25', from: '10:00', to: '11:00' } } as const;

  it('is on record before Webex is asked, once', async () => {
    const bench = new OrderBench();
    bench.putHeld(managed);

    expect((await change(bench, { do: 'cancel' })).ok).toBe(true);
    const { version } = bench.call();
    expect((await change(bench, { do: 'cancel' })).ok).toBe(true);

    expect(bench.call()).toMatchObject({
      status: 'placed',
      withdrawal: { plan: { do: 'cancel', by: 'person' } },
      version,
    });
    expect(bench.done()).toEqual([]);
  });

  it('moves the wish with the verdict on record', async () => {
    const bench = new OrderBench();
    bench.putHeld(managed);

    await change(bench, wish);

    expect(bench.call().withdrawal).toMatchObject({
      plan: { do: 'move', window: { fromMs: Date.UTC(2026, 10, 25, 10) } },
    });
    expect(bench.ledger.record('call-1')?.decisions).toHaveLength(2);
  });

  it.each([
    [
      'the order is on its way',
      { ...plannedCall, ...managed, status: 'dialing', attemptCount: 1 },
      'request-in-progress',
    ],
    [
      'another move is with Webex',
      { ...heldCall, ...managed, withdrawal: { ...move, order: { ...order, ...later } } },
      'request-in-progress',
    ],
  ] as const)('has to wait while %s', async (_what, call, code) => {
    const bench = new OrderBench();
    bench.put(call, [heldAttempt()]);

    expect(await change(bench, wish)).toMatchObject({ ok: false, failure: { code } });
  });

  it('is too late once the window has begun', async () => {
    const bench = new OrderBench();
    bench.putHeld(managed);
    bench.nowMs = window.fromMs;

    expect(await change(bench, { do: 'cancel' })).toMatchObject({ ok: false, failure: { code: 'too-late' } });
  });

  it('is carried out from the stream', async () => {
    const bench = new OrderBench();
    const before = bench.putHeld();

    const told = await timeCall(bench.deps, { ...before, version: 2, withdrawal: cancel }, before);
    const again = await timeCall(
      bench.deps,
      { ...before, version: 3, withdrawal: cancel },
      { ...before, withdrawal: cancel },
    );

    expect([told, again]).toEqual(['queued', 'nothing']);
    expect(bench.queued).toHaveLength(1);
  });
});

describe('a suppression', () => {
  const suppress = (bench: OrderBench) =>
    cancelCalls({ calls: bench.calls, clock: bench.clock, lines: ['billing'] }, ['call-1'], {
      sinceMs: startMs,
      waitMsMax: 2_000,
    });

  it('is told of as cancelled once Webex has deleted the order', async () => {
    const bench = new OrderBench();
    bench.putHeld();
    const { sleep } = bench.clock;
    let polls = 0;
    bench.clock.sleep = async (durationMs) => {
      await sleep(durationMs);
      if ((polls += 1) === 3) await dispatch(bench);
    };

    expect(await suppress(bench)).toEqual(['cancelled']);
    expect(bench.call()).toMatchObject({ status: 'cancelled', outcome: 'suppressed' });
  });

  it('is not told of as cancelled while Webex has not answered, and is carried out later', async () => {
    const bench = new OrderBench();
    bench.putHeld();

    expect(await suppress(bench)).toEqual(['left-before']);

    expect(bench.call().withdrawal?.plan).toEqual({ do: 'cancel', by: 'suppression' });
    expect(await dispatch(bench)).toBe('withdrawn');
  });
});

describe('an order that Webex never answered', () => {
  const uncertain = (bench: OrderBench, changed: Partial<Call> = {}) =>
    bench.put({ ...plannedCall, status: 'dialing', attemptCount: 1, checkAtMs: startMs, ...changed }, [
      heldAttempt({ status: 'uncertain' }),
    ]);

  it('is placed where Webex lists it', async () => {
    const bench = new OrderBench();
    uncertain(bench);
    bench.listed = () => 'callback-7';

    expect(await sweep(bench)).toBe('settled');

    expect(bench.call()).toMatchObject({ status: 'placed', checkAtMs: window.fromMs - 10 * minuteMs });
    expect(bench.attempts()).toMatchObject([{ status: 'placed', callbackId: 'callback-7' }]);
  });

  it('is absent after the settle time, and ordered again', async () => {
    const bench = new OrderBench();
    uncertain(bench);

    expect(await sweep(bench)).toBe('still-open');
    bench.nowMs = startMs + 11 * minuteMs;
    expect(await sweep(bench)).toBe('settled');

    expect(bench.call()).toMatchObject({ status: 'waiting', heldBy: 'webex', dueAtMs: bench.nowMs });
    expect(await dispatch(bench)).toBe('placed');
    expect(bench.attempts().map(({ status }) => status)).toEqual(['absent', 'placed']);
  });

  it('is not taken for absent once its window has begun, as Webex lists it no more', async () => {
    const bench = new OrderBench();
    uncertain(bench);
    bench.nowMs = window.fromMs + minuteMs;

    expect(await sweep(bench)).toBe('still-open');
    bench.nowMs = window.fromMs + 3 * minuteMs;
    bench.sighting = () => ({ taskId: 'task-9', createdAtMs: window.fromMs, outcome: 'pending' });
    await sweep(bench);

    expect(bench.call().status).toBe('placed');
    expect(bench.attempts()).toMatchObject([{ taskId: 'task-9' }]);
  });

  it('is looked for again where Webex cannot be read', async () => {
    const bench = new OrderBench();
    uncertain(bench);
    bench.nowMs = startMs + hourMs;
    bench.listed = () => {
      throw new Error('503');
    };

    await expect(sweep(bench)).rejects.toThrow('503');

    expect(bench.call()).toMatchObject({ status: 'dialing', checkAtMs: bench.nowMs + minuteMs });
  });
});
