import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CallbackAccepted, CallbackAcceptedSchema } from '../../events/callback-accepted/schema.ts';
import { CallbackStatusSchema } from '../../events/callback-status/schema.ts';
import { OutdialAcceptedSchema } from '../../events/request-outdial/schema.ts';
import sample from '../../ringback.config.ts';
import { defineConfig } from '../../src/settings/define-config.ts';
import type { SettingsInput } from '../../src/settings/schema.ts';
import { eventually } from '../support/eventually.ts';
import { type HostedStack, noonMs, startHostedStack } from '../support/hosted-stack.ts';

const { lines } = sample as SettingsInput;
const settings = defineConfig({
  ...(sample as SettingsInput),
  lines: { ...lines, billing: { ...lines['billing'], whenAbsent: 'hand-over' } as SettingsInput['lines'][string] },
});
const timeZone = 'America/Los_Angeles';
const tomorrow = { date: '2026-11-24', from: '10:00', to: '11:00' };
const overmorrow = { date: '2026-11-25', from: '10:00', to: '11:00' };

/** Ways that hardly any call takes. Each needs grants that nothing else uses, so `npm run permissions` looks for them here. */
describe('what a stack does rarely, each function under its own role', () => {
  let stack: HostedStack;
  let count = 0;
  /** A number that no other case uses. */
  const freshNumber = (): string => `+1415555${String(5_000 + (count += 1)).padStart(4, '0')}`;

  beforeAll(async () => {
    stack = await startHostedStack({ settings });
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  const ask = async (phone: string, more: object = {}): Promise<{ accepted: CallbackAccepted; token: string }> => {
    const body = { phone, line: 'billing', consent: { version: '2026-11', accepted: true }, ...more };
    const response = await fetch(`${stack.host.ready.api}/v1/callbacks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const accepted = CallbackAcceptedSchema.parse(await response.json());
    return { accepted, token: new URL(accepted.manageUrl ?? 'https://none').searchParams.get('token') ?? '' };
  };
  const orderFault = (number: string, effect: object): Promise<unknown> =>
    stack.webex('PUT', '/_faults', { rules: [{ operation: 'createTask', effect, match: { number }, remaining: 1 }] });
  const statusOf = async (callId: string) => (await stack.record(callId)).status;
  const taskTo = (number: string, timeoutMs?: number) =>
    eventually(async () => (await stack.tasksTo(number))[0], timeoutMs);
  /** Whether a role has used a grant; what follows from the table's stream happens after the answer. */
  const uses = (role: string, action: string): Promise<boolean> =>
    eventually(async () =>
      Object.entries(stack.host.usage()).some(
        ([name, { granted }]) => name.includes(role) && granted.some((use) => use.action === action && use.used > 0),
      ),
    );

  it('moves and cancels a call for later by its manage link, and its timer with it', async () => {
    const { accepted, token } = await ask(freshNumber(), { when: tomorrow, timeZone });
    const url = `${stack.host.ready.api}/v1/callbacks/${accepted.id}?token=${token}`;
    await uses('TimeCall', 'scheduler:CreateSchedule');

    const moved = await fetch(url, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ when: overmorrow, timeZone }),
    });
    const movedStatus = CallbackStatusSchema.parse(await moved.json());
    await uses('TimeCall', 'scheduler:UpdateSchedule');
    const cancelled = await fetch(url, { method: 'DELETE' });

    expect(movedStatus).toMatchObject({ status: 'waiting', callAfter: '2026-11-25T18:00:00.000Z' });
    expect(CallbackStatusSchema.parse(await cancelled.json()).status).toBe('cancelled');
    expect(await uses('TimeCall', 'scheduler:DeleteSchedule')).toBe(true);
  });

  it('moves and cancels by the plain forms of the status page', async () => {
    const { accepted, token } = await ask(freshNumber(), { when: tomorrow, timeZone });
    const url = `${stack.host.ready.api}/callback/${accepted.id}`;
    const post = (fields: Record<string, string>): Promise<Response> =>
      fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ token, lang: 'en', ...fields }) });

    const moved = await post({ change: 'move', slot: '2026-11-25/10:00/11:00', timeZone });
    const cancelled = await post({ change: 'cancel' });

    expect([moved.status, cancelled.status]).toEqual([303, 303]);
    expect(await statusOf(accepted.id)).toBe('cancelled');
  });

  it('finds the calls of a number for an operator', async () => {
    const number = freshNumber();
    const { accepted } = await ask(number, { when: tomorrow, timeZone });

    const response = await stack.asOperator('GET', `/v1/calls?number=${encodeURIComponent(number)}`);

    expect(JSON.stringify(await response.json())).toContain(accepted.id);
  });

  it('gives the open call to who asks for the same outdial again', async () => {
    const body = { phone: freshNumber(), line: 'reminders', purpose: 'service', when: tomorrow, timeZone };
    const outdial = async () =>
      OutdialAcceptedSchema.parse(await (await stack.asOperator('POST', '/v1/calls', body)).json()).id;

    const first = await outdial();

    expect(await outdial()).toBe(first);
  });

  it('has a call placed with a renewed token after Webex has refused the old one', async () => {
    const number = freshNumber();
    await orderFault(number, { tokenExpired: true });

    await ask(number);

    expect((await taskTo(number, 20_000)).number).toBe(number);
    expect(await uses('RotateToken', 'secretsmanager:UpdateSecretVersionStage')).toBe(true);
  });

  it('lets a number go whose call Webex has refused for good', async () => {
    const number = freshNumber();
    await orderFault(number, { status: 400 });

    const { accepted } = await ask(number);
    await eventually(async () => (await statusOf(accepted.id)) === 'failed');

    expect((await ask(number)).accepted.id).not.toBe(accepted.id);
  });

  describe.concurrent('in minutes', () => {
    it('places a call for later when its time has come', { timeout: 200_000 }, async ({ expect }) => {
      const number = freshNumber();
      const startMs = nextMinuteMs(stackNowMs() + 65_000);

      await ask(number, { when: slotFrom(startMs), timeZone });
      const task = await taskTo(number, 180_000);

      expect(task.createdAtMs).toBeGreaterThanOrEqual(startMs);
      expect(await uses('CallTimerRole', 'sqs:SendMessage')).toBe(true);
    });

    it('hands a call over whose request Webex has never seen', { timeout: 240_000 }, async ({ expect }) => {
      const number = freshNumber();
      await orderFault(number, { dropBefore: true });

      const { accepted } = await ask(number);
      await eventually(async () => (await stack.record(accepted.id)).outcome === 'handed-over', 220_000);

      expect(await stack.tasksTo(number)).toEqual([]);
      expect(await uses('ReconcileCalls', 'dynamodb:UpdateItem')).toBe(true);
    });
  });

  const startedMs = Date.now();
  /** A little late, because the stack's clock begins at noon when it starts and not when it is ready. */
  const stackNowMs = (): number => noonMs + Date.now() - startedMs;
});

const nextMinuteMs = (atMs: number): number => Math.ceil(atMs / 60_000) * 60_000;

function slotFrom(startMs: number): { date: string; from: string; to: string } {
  const local = (atMs: number): string => new Date(atMs - 8 * 3_600_000).toISOString();
  return {
    date: local(startMs).slice(0, 10),
    from: local(startMs).slice(11, 16),
    to: local(startMs + 3_600_000).slice(11, 16),
  };
}
