import { describe, expect, test } from 'vitest';
import { WebexAgentStates } from '../../../../src/adapters/webex/agent-states.ts';
import { WebexOrderGateway } from '../../../../src/adapters/webex/order-gateway.ts';
import type { CallbackOrder, OrderChange } from '../../../../src/calls/order-gateway.ts';
import { NOW_MS, ORG_ID, type Reply, broken, reply, stub } from './support/stub.ts';

const ORDER: CallbackOrder = {
  number: '+14155550132',
  customerName: 'Ada Lovelace',
  queueId: '123e4567-e89b-12d3-a456-426614174000',
  fromMs: Date.UTC(2026, 10, 23, 15),
  toMs: Date.UTC(2026, 10, 23, 16),
  timeZone: 'UTC',
};
const LISTED = {
  id: 'cb-1',
  callbackNumber: ORDER.number,
  timezone: 'UTC',
  scheduleDate: '2026-11-23',
  startTime: '15:00:00',
  endTime: '16:00:00',
};
const AGENT_ID = '9a1e63c4-5a8d-4f27-8b4e-2d8f7f3a6b10';
const gateway = (...replies: Reply[]) => {
  const built = stub(replies);
  return { ...built, orders: new WebexOrderGateway(built.client) };
};

describe('an order', () => {
  test('is placed under the id that Webex gives', async () => {
    expect(await gateway(reply(201, { id: 'cb-1' })).orders.place(ORDER, NOW_MS + 10_000)).toEqual({
      outcome: 'placed',
      taskId: 'cb-1',
    });
  });

  test.each<[string, Reply, string, number]>([
    ['400', reply(400, { message: 'no queue' }), 'rejected', 1],
    ['429', reply(429, '', { 'retry-after': '7' }), 'throttled', 1],
    ['503', reply(503), 'uncertain', 1],
    ['no answer after it was sent', broken('unknown'), 'uncertain', 1],
    ['no connection', broken('no'), 'unsent', 1],
  ])('that meets %s is not sent again by itself', async (_name, answer, outcome, times) => {
    const { orders, requests } = gateway(answer);

    expect((await orders.place(ORDER, NOW_MS + 10_000)).outcome).toBe(outcome);
    expect(requests).toHaveLength(times);
  });

  test('outside Webex’s limits is refused without a request', async () => {
    const { orders, requests } = gateway(reply(201, { id: 'cb-1' }));

    expect(await orders.place({ ...ORDER, fromMs: NOW_MS }, NOW_MS + 10_000)).toMatchObject({ outcome: 'rejected' });
    expect(requests).toEqual([]);
  });

  test.each<[string, Reply, string]>([
    ['there', reply(200, { ...LISTED }), 'there'],
    ['gone', reply(404), 'gone'],
    ['unknown where Webex does not tell', reply(403), 'unknown'],
  ])('is %s', async (_name, answer, state) => {
    expect(await gateway(answer).orders.look('cb-1')).toBe(state);
  });

  test('that cannot be looked up is no absent one', async () => {
    await expect(gateway(reply(403)).orders.find(ORDER, NOW_MS)).rejects.toMatchObject({ code: 'rejected' });
  });
});

describe('a change', () => {
  const answers: readonly [string, Reply, OrderChange][] = [
    ['404', reply(404), { outcome: 'not-there' }],
    ['400', reply(400, { message: 'no' }), { outcome: 'refused', words: 'no' }],
    ['429', reply(429, '', { 'retry-after': '7' }), { outcome: 'unknown', retryAfterMs: 7_000 }],
    ['503', reply(503), { outcome: 'unknown', retryAfterMs: 0 }],
    ['no answer', broken('unknown'), { outcome: 'unknown', retryAfterMs: 0 }],
  ];

  test.each(answers)('that meets %s is told as what it came to', async (_name, answer, change) => {
    expect(await gateway(answer).orders.remove('cb-1')).toEqual(change);
    expect(await gateway(answer).orders.move('cb-1', ORDER)).toEqual(change);
  });

  test('that Webex made is done', async () => {
    expect(await gateway(reply(204)).orders.remove('cb-1')).toEqual({ outcome: 'done' });
    expect(await gateway(reply(200, {})).orders.move('cb-1', ORDER)).toEqual({ outcome: 'done' });
  });
});

describe('an agent', () => {
  const activity = (currentState: string, more: object = {}) =>
    reply(200, {
      meta: { orgId: ORG_ID },
      data: [{ agentId: AGENT_ID, active: true, currentState, startTime: NOW_MS, ...more }],
    });
  const stateAfter = (answer: Reply) => new WebexAgentStates(stub([answer]).client).read(AGENT_ID);

  test.each([
    ['available', activity('available'), 'available'],
    ['available, however it is written', activity('Available'), 'available'],
    ['busy on a break', activity('idle'), 'busy'],
    ['busy in a call', activity('connected'), 'busy'],
    ['away when logged out', activity('logged-out'), 'away'],
    ['away when nothing is in progress', activity('available', { active: false }), 'away'],
  ] as const)('is %s', async (_name, answer, state) => {
    expect(await stateAfter(answer)).toBe(state);
  });

  test('is not taken for away where Webex does not answer: who asks decides', async () => {
    await expect(stateAfter(reply(403))).rejects.toMatchObject({ code: 'rejected' });
  });
});
