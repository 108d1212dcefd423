import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/calls/call.ts';
import { type DispatchOutcome, dispatchCall } from '../../../src/calls/dispatch-call.ts';
import { requestCall } from '../../../src/calls/request-call.ts';
import { OrderBench, countedAtMs, order, plannedCall, sam, startMs, window } from './order-bench.ts';

const wish = { date: '2026-11-24', from: '18:00', to: '19:00' };
const request = (changed: object = {}) => ({
  phone: '+14155550132',
  line: 'billing',
  when: wish,
  customer: { timeZone: 'UTC' },
  consent: { version: '1', evidence: {} },
  ...changed,
});

describe('a request for a time that Webex may hold', () => {
  it('is due at once, and keeps the window that was wished for', async () => {
    const bench = new OrderBench();
    bench.decide = ({ atMs }) =>
      atMs < window.fromMs ? { verdict: 'defer', untilMs: window.fromMs } : { verdict: 'allow' };

    const accepted = await requestCall(bench.orderDeps, request());

    expect(accepted.ok && accepted.value.call).toMatchObject({ heldBy: 'webex', dueAtMs: startMs, window });
  });

  it.each([
    ['another line', { line: 'support' }],
    [
      'a number that is too long for Webex',
      { phone: '+14155550132', customer: { timeZone: 'UTC', name: 'a'.repeat(251) } },
    ],
    ['a call as soon as may be', { when: 'now' }],
    ['a window of less than half an hour', { when: { ...wish, to: '18:20' } }],
  ])('stays with the ledger for %s', async (_what, changed) => {
    const accepted = await requestCall(new OrderBench().orderDeps, request(changed));

    expect(accepted.ok && accepted.value.call.heldBy).toBeUndefined();
  });

  it('stays with the ledger where one instant of the window is not lawful', async () => {
    const bench = new OrderBench();
    const closedMs = window.fromMs + 30 * 60_000;
    bench.decide = ({ atMs }) =>
      atMs >= closedMs && atMs < closedMs + 5 * 60_000
        ? { verdict: 'defer', untilMs: closedMs + 5 * 60_000 }
        : { verdict: 'allow' };

    const accepted = await requestCall(bench.orderDeps, request());

    expect(accepted.ok && accepted.value.call.heldBy).toBeUndefined();
  });
});

describe('dispatching a call that Webex is to hold', () => {
  it('orders with name or number, reason and agent, and counts for the day of the window', async () => {
    const bench = new OrderBench();
    bench.put({ ...plannedCall, customer: { reason: 'invoice', preferredAgent: 'Sam@Example.com' } });

    const outcome = await dispatchCall(bench.orderDeps, 'call-1');

    expect(outcome).toBe('placed');
    expect(bench.asked).toEqual([
      {
        do: 'place',
        order: {
          ...order,
          number: '+14155550132',
          customerName: '+14155550132',
          reason: 'invoice',
          assigneeAgent: sam,
        },
      },
    ]);
    expect(bench.call()).toMatchObject({
      status: 'placed',
      heldBy: 'webex',
      placedCount: 1,
      checkAtMs: window.fromMs - 600_000,
    });
    expect(bench.attempts()).toMatchObject([{ status: 'placed', callbackId: 'callback-1', countedAtMs }]);
    expect(bench.counted()).toEqual([countedAtMs]);
    expect(bench.requests).toEqual([]);
  });

  it.each<[string, DispatchOutcome, (bench: OrderBench) => void]>([
    [
      'is refused by Webex',
      'rejected',
      (bench) => {
        bench.placing = () => ({ outcome: 'rejected', status: 400, words: 'no' });
      },
    ],
    [
      'is not lawful any more',
      'deferred',
      (bench) => {
        bench.decide = ({ atMs }) =>
          atMs === window.fromMs ? { verdict: 'deny' } : { verdict: 'defer', untilMs: window.fromMs };
      },
    ],
    [
      'is less than half an hour away',
      'deferred',
      (bench) => {
        bench.nowMs = window.fromMs - 60_000;
        bench.decide = () => ({ verdict: 'defer', untilMs: window.fromMs });
      },
    ],
  ])('keeps the call where the window %s', async (_what, expected, arrange) => {
    const bench = new OrderBench();
    bench.put(plannedCall);
    arrange(bench);

    const outcome = await dispatchCall(bench.orderDeps, 'call-1');

    expect(outcome).toBe(expected);
    expect(bench.call().status).toBe('waiting');
    expect(bench.call().heldBy).toBeUndefined();
    expect(bench.counted()).toEqual([]);
  });

  it('asks again later for what Webex put off, and still as an order', async () => {
    const bench = new OrderBench();
    bench.put(plannedCall);
    bench.placing = () => ({ outcome: 'throttled', retryAfterMs: 60_000 });

    expect(await dispatchCall(bench.orderDeps, 'call-1')).toBe('put-back');

    expect(bench.call()).toMatchObject({ status: 'waiting', heldBy: 'webex', dueAtMs: startMs + 60_000 });
    expect(bench.counted()).toEqual([]);
  });

  it('is left to the ledger where the number is suppressed between claim and request', async () => {
    const bench = new OrderBench();
    bench.put(plannedCall);
    bench.ledger.suppressions.set('+14155550132', { number: '+14155550132' } as never);

    expect(await dispatchCall(bench.orderDeps, 'call-1')).toBe('refused');

    expect(bench.asked).toEqual([]);
    expect(bench.counted()).toEqual([]);
  });
});

describe('the agent of a flow variable', () => {
  const flowCall = { line: 'flow', customer: { preferredAgent: 'sam@example.com' } };
  const agentAsked = (bench: OrderBench) => bench.requests[0]?.request.attributes['agent'];

  it('is passed on while available', async () => {
    const bench = new OrderBench();
    bench.put(flowCall);

    await dispatchCall(bench.orderDeps, 'call-1');

    expect(agentAsked(bench)).toBe('sam@example.com');
  });

  it('is waited for as long as the line says, and then left out', async () => {
    const bench = new OrderBench();
    bench.agentState = () => 'busy';
    bench.put(flowCall);
    const outcomes: string[] = [];
    while (bench.requests.length === 0 && outcomes.length < 20) {
      outcomes.push(await dispatchCall(bench.orderDeps, 'call-1'));
      bench.nowMs = Math.max(bench.nowMs, bench.call().dueAtMs);
    }

    expect(outcomes).toEqual(['deferred', 'deferred', 'deferred', 'deferred', 'deferred', 'placed']);
    expect(bench.nowMs).toBe(startMs + 600_000);
    expect(agentAsked(bench)).toBeUndefined();
  });

  it.each<[string, Partial<Call>, 'available' | 'away']>([
    ['nobody wrote the user id down', { ...flowCall, customer: { preferredAgent: 'nobody@example.com' } }, 'available'],
    ['the call would expire', { ...flowCall, expiresAtMs: startMs + 5 * 60_000 }, 'away'],
  ])('is left out at once where %s', async (_what, call, state) => {
    const bench = new OrderBench();
    bench.agentState = () => state;
    bench.put(call);

    expect(await dispatchCall(bench.orderDeps, 'call-1')).toBe('placed');

    expect(agentAsked(bench)).toBeUndefined();
  });

  it('counts as away where Webex does not tell', async () => {
    const bench = new OrderBench();
    const told: unknown[] = [];
    bench.agentState = () => {
      throw new Error('no answer');
    };
    bench.put(flowCall);

    const deps = { ...bench.orderDeps, reportAgentUnreadable: (error: unknown) => void told.push(error) };
    expect(await dispatchCall(deps, 'call-1')).toBe('deferred');

    expect(told).toEqual([new Error('no answer')]);
    expect(bench.call().agentUntilMs).toBe(startMs + 600_000);
  });
});
