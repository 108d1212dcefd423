import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CallbackAccepted, CallbackAcceptedSchema } from '../../events/callback-accepted/schema.ts';
import { type CallbackStatus, CallbackStatusSchema } from '../../events/callback-status/schema.ts';
import sample from '../../ringback.config.ts';
import { defineConfig } from '../../src/settings/define-config.ts';
import type { SettingsInput } from '../../src/settings/schema.ts';
import { eventually } from '../support/eventually.ts';
import { type HostedStack, noonMs, startHostedStack } from '../support/hosted-stack.ts';

const queueId = '3c2d8ba1-7a1f-4b4a-9d66-1a7a4b8e2f01';
const sam = '9a1e63c4-5a8d-4f27-8b4e-2d8f7f3a6b10';
const { lines, webex } = sample as SettingsInput;
const settings = defineConfig({
  ...(sample as SettingsInput),
  webex: { ...webex, agents: { 'Sam@example.com': sam } },
  lines: {
    ...lines,
    billing: { ...lines['billing'], future: 'webex', queueId } as SettingsInput['lines'][string],
    support: {
      ...lines['support'],
      // Any window may be wished for, not only the line's slots.
      slots: undefined,
      future: 'webex',
      queueId,
      preferredAgent: { as: 'assignee' },
    } as SettingsInput['lines'][string],
    reminders: {
      ...lines['reminders'],
      preferredAgent: { as: 'variable', name: 'agent', fallback: 'anyone' },
    } as SettingsInput['lines'][string],
  },
});
const timeZone = 'America/Los_Angeles';
const tomorrow = { date: '2026-11-24', from: '10:00', to: '11:00' };
const overmorrow = { date: '2026-11-25', from: '14:00', to: '15:30' };
const inWebex = (number: string, { date, from, to } = tomorrow) => ({
  callbackNumber: number,
  scheduleDate: date,
  startTime: `${from}:00`,
  endTime: `${to}:00`,
  timezone: timeZone,
  queueId,
});

interface Order {
  readonly id: string;
  readonly callbackNumber: string;
}

describe('a line that hands calls for later to Webex', () => {
  let stack: HostedStack;
  let count = 0;
  const freshNumber = (): string => `+1415555${String(6_000 + (count += 1)).padStart(4, '0')}`;

  beforeAll(async () => {
    stack = await startHostedStack({ settings });
    await stack.webex('PATCH', '/_settings', { queues: [{ id: queueId }], agents: [{ id: sam }] });
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  const ask = async (phone: string, more: object = {}) => {
    const response = await fetch(`${stack.host.ready.api}/v1/callbacks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        phone,
        line: 'billing',
        when: tomorrow,
        timeZone,
        consent: { version: '2026-11', accepted: true },
        ...more,
      }),
    });
    const accepted: CallbackAccepted = CallbackAcceptedSchema.parse(await response.json());
    const token = new URL(accepted.manageUrl ?? 'https://none').searchParams.get('token') ?? '';
    return { accepted, url: `${stack.host.ready.api}/v1/callbacks/${accepted.id}?token=${token}` };
  };
  const ordersFor = async (number: string): Promise<Order[]> =>
    ((await stack.webex('GET', '/_scheduled-callbacks')) as Order[]).filter(
      ({ callbackNumber }) => callbackNumber === number,
    );
  const orderFor = (number: string) => eventually(async () => (await ordersFor(number))[0]);
  const noOrderFor = (number: string) => eventually(async () => (await ordersFor(number)).length === 0);
  const statusAt = async (url: string): Promise<CallbackStatus> =>
    CallbackStatusSchema.parse(await (await fetch(url)).json());
  const placed = (id: string) =>
    eventually(async () => {
      const record = await stack.record(id);
      return record.attempts.at(-1)?.status === 'placed' && record;
    });
  const change = async (url: string, method: 'PATCH' | 'DELETE', body?: object) => {
    const response = await fetch(url, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return { status: response.status, body: CallbackStatusSchema.parse(await response.json()) };
  };
  const requests = async (operation: string) =>
    (await stack.webex('GET', `/_requests?operation=${operation}`)) as { status: number }[];

  it('orders a scheduled callback with number, window, zone and queue, and tells the person that the call waits', async () => {
    const number = freshNumber();

    const { accepted, url } = await ask(number, { name: 'Ada Lovelace', reason: 'invoice 4411' });
    const order = await orderFor(number);

    expect(accepted).toMatchObject({ heldBy: 'webex', callAfter: '2026-11-24T18:00:00.000Z' });
    expect(order).toMatchObject({ ...inWebex(number), customerName: 'Ada Lovelace', callbackReason: 'invoice 4411' });
    const record = await placed(accepted.id);
    expect(record).toMatchObject({ status: 'placed', heldBy: 'webex' });
    expect(record.attempts[0]).toMatchObject({
      callbackId: order.id,
      window: { from: '2026-11-24T18:00:00.000Z', to: '2026-11-24T19:00:00.000Z' },
    });
    expect(record.decisions.at(-1)).toMatchObject({ verdict: 'allow', at: '2026-11-24T18:00:00.000Z' });
    expect(await statusAt(url)).toMatchObject({
      status: 'waiting',
      heldBy: 'webex',
      callAfter: '2026-11-24T18:00:00.000Z',
    });
    expect(await stack.tasksTo(number)).toEqual([]);
  });

  it.each([
    ['a window longer than Webex takes', { date: '2026-11-24', from: '09:00', to: '18:00' }],
    ['a window that begins in less than half an hour', { date: '2026-11-23', from: '12:10', to: '13:30' }],
    ['a window that ends where the law forbids calls', { date: '2026-11-24', from: '19:30', to: '21:30' }],
  ])('holds %s itself, and says so', async (_what, when) => {
    const number = freshNumber();

    const { accepted, url } = await ask(number, { when });
    await eventually(async () => (await stack.record(accepted.id)).status === 'waiting');

    expect(accepted.heldBy).toBe('ringback');
    expect(await statusAt(url)).toMatchObject({ status: 'waiting', heldBy: 'ringback' });
    expect(await ordersFor(number)).toEqual([]);
  });

  it('holds the call itself where Webex refuses the order', async () => {
    const number = freshNumber();
    const effect = { status: 400 };
    await stack.webex('PUT', '/_faults', {
      rules: [{ operation: 'scheduledCallbackCreate', effect, match: { number }, remaining: 1 }],
    });

    const { accepted, url } = await ask(number);
    const record = await eventually(async () => {
      const seen = await stack.record(accepted.id);
      return seen.attempts[0]?.status === 'rejected' && seen.decisions.length > 2 && seen;
    });

    expect(record).toMatchObject({ status: 'waiting', dueAt: '2026-11-24T18:00:00.000Z' });
    expect(await statusAt(url)).toMatchObject({ status: 'waiting', heldBy: 'ringback' });
  });

  it('finds an order by number and window where the answer was lost, and does not order twice', {
    timeout: 90_000,
  }, async () => {
    const number = freshNumber();
    await stack.webex('PUT', '/_faults', {
      rules: [{ operation: 'scheduledCallbackCreate', effect: { dropAfter: true }, match: { number }, remaining: 1 }],
    });

    const { accepted, url } = await ask(number);
    await eventually(async () => (await stack.record(accepted.id)).attempts[0]?.status === 'uncertain');
    const unsettled = await statusAt(url);
    const record = await eventually(async () => {
      await stack.host.invoke('reconcile-calls', {});
      const seen = await stack.record(accepted.id);
      return seen.attempts[0]?.status === 'placed' && seen;
    }, 60_000);

    const orders = await ordersFor(number);
    expect(unsettled.status).toBe('waiting');
    expect(orders).toHaveLength(1);
    expect(record.attempts).toMatchObject([{ status: 'placed', callbackId: orders[0]?.id }]);
  });

  it('moves the order to another window that Webex takes', async () => {
    const number = freshNumber();
    const { accepted, url } = await ask(number);
    const order = await orderFor(number);
    await placed(accepted.id);

    const asked = await change(url, 'PATCH', { when: overmorrow });
    const moved = await eventually(async () => {
      const seen = await statusAt(url);
      return seen.pending === undefined && seen;
    });

    expect(asked).toMatchObject({ status: 202, body: { status: 'waiting', pending: 'move' } });
    expect(moved).toMatchObject({ status: 'waiting', heldBy: 'webex', callAfter: '2026-11-25T22:00:00.000Z' });
    expect(await ordersFor(number)).toMatchObject([{ id: order.id, ...inWebex(number, overmorrow) }]);
    expect((await requests('scheduledCallbackUpdate')).at(-1)).toMatchObject({ status: 200 });
  });

  it('takes the order back where the new time is now, and calls', async () => {
    const number = freshNumber();
    const { accepted, url } = await ask(number);
    await placed(accepted.id);

    await change(url, 'PATCH', { when: 'now' });
    const task = await eventually(async () => (await stack.tasksTo(number))[0]);

    expect(task.attributes['ringback_attempt']).toBe(`${accepted.id}.2`);
    expect(await ordersFor(number)).toEqual([]);
    expect((await stack.record(accepted.id)).attempts[0]).toMatchObject({ status: 'withdrawn' });
  });

  it('takes the order back for a person who cancels, and says cancelled only then', async () => {
    const number = freshNumber();
    const { accepted, url } = await ask(number);
    await placed(accepted.id);

    const asked = await change(url, 'DELETE');
    await noOrderFor(number);
    const ended = await eventually(async () => {
      const seen = await statusAt(url);
      return seen.status === 'cancelled' && seen;
    });

    expect(asked).toMatchObject({ status: 202, body: { status: 'waiting', pending: 'cancel' } });
    expect(ended.pending).toBeUndefined();
    expect(await stack.record(accepted.id)).toMatchObject({ status: 'cancelled', outcome: 'cancelled-by-person' });
  });

  it('takes the order back for a number that is suppressed', async () => {
    const number = freshNumber();
    const { accepted, url } = await ask(number);
    await placed(accepted.id);

    const answer = await stack.asOperator('PUT', `/v1/suppressions/${encodeURIComponent(number)}`, {
      reason: 'opt-out',
    });

    expect(await answer.json()).toMatchObject({ cancelledCalls: 1 });
    expect(await ordersFor(number)).toEqual([]);
    expect(await stack.record(accepted.id)).toMatchObject({ status: 'cancelled', outcome: 'suppressed' });
    expect((await statusAt(url)).status).toBe('ended');
  });

  it('orders a personal callback for an agent whose user id is known, and any agent’s otherwise', async () => {
    const [known, unknown] = [freshNumber(), freshNumber()];

    await ask(known, { line: 'support', preferredAgent: 'sam@example.com' });
    await ask(unknown, { line: 'support', preferredAgent: 'nobody@example.com' });

    expect(await orderFor(known)).toMatchObject({ ...inWebex(known), assigneeAgent: sam });
    expect(await orderFor(unknown)).not.toHaveProperty('assigneeAgent');
  });

  it('leaves the agent of a flow variable out where the agent is not available', async () => {
    const [free, busy] = [freshNumber(), freshNumber()];
    const outdial = (phone: string) =>
      stack.asOperator('POST', '/v1/calls', {
        phone,
        line: 'reminders',
        purpose: 'service',
        preferredAgent: 'sam@example.com',
        bases: [{ type: 'relationship', start: '2026-11-01T00:00:00Z', evidence: { at: '2026-11-01T00:00:00Z' } }],
      });
    const taskTo = (number: string) => eventually(async () => (await stack.tasksTo(number))[0]);

    await outdial(free);
    const withAgent = await taskTo(free);
    await stack.webex('PATCH', '/_settings', { agents: [{ id: sam, state: 'idle' }] });
    await outdial(busy);
    const without = await taskTo(busy);

    expect(withAgent.attributes).toMatchObject({ agent: 'sam@example.com' });
    expect(without.attributes).not.toHaveProperty('agent');
  });

  it('counts the order for the time of its window', async () => {
    const number = freshNumber();
    const { accepted } = await ask(number);
    await placed(accepted.id);

    const later = await stack.request(number, { line: 'support', when: 'now' });
    const record = await eventually(async () => {
      const seen = await stack.record(later);
      return seen.status !== 'accepted' && seen;
    });

    expect(record.decisions[0]?.facts).toMatchObject({ attemptsMs: [noonMs + 22 * 3_600_000] });
  });
});
