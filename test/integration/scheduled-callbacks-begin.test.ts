import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import sample from '../../ringback.config.ts';
import { defineConfig } from '../../src/settings/define-config.ts';
import type { SettingsInput } from '../../src/settings/schema.ts';
import { eventually } from '../support/eventually.ts';
import { type HostedStack, startHostedStack } from '../support/hosted-stack.ts';

const queueId = '3c2d8ba1-7a1f-4b4a-9d66-1a7a4b8e2f01';
const sam = '9a1e63c4-5a8d-4f27-8b4e-2d8f7f3a6b10';
const { lines, webex } = sample as SettingsInput;
const settings = defineConfig({
  ...(sample as SettingsInput),
  webex: { ...webex, agents: { 'sam@example.com': sam } },
  lines: {
    ...lines,
    billing: {
      ...lines['billing'],
      future: 'webex',
      queueId,
      preferredAgent: { as: 'assignee' },
    } as SettingsInput['lines'][string],
  },
});
const numbers = { plain: '+14155556101', personal: '+14155556102', banned: '+14155556103' };

/** The stack goes on in the same folder with its clock set forward, as days pass. */
it('weighs what Webex holds once more before its window, and learns what became of it', {
  timeout: 180_000,
}, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'ringback-window-'));
  const startAt = (time: string) =>
    startHostedStack({ settings, dataDir, clock: { startMs: Date.parse(`${time}:00-08:00`) } });
  const orders = async (stack: HostedStack) =>
    ((await stack.webex('GET', '/_scheduled-callbacks')) as { callbackNumber: string }[])
      .map(({ callbackNumber }) => callbackNumber)
      .sort();
  const sweepUntil = <Found>(stack: HostedStack, look: () => Promise<Found | false>) =>
    eventually(async () => {
      await stack.host.invoke('reconcile-calls', {});
      return look();
    }, 30_000);
  const ids: Record<keyof typeof numbers, string> = { plain: '', personal: '', banned: '' };
  try {
    {
      await using stack = await startAt('2026-11-23T12:00');
      await stack.webex('PATCH', '/_settings', { queues: [{ id: queueId }], agents: [{ id: sam }] });
      const at = (from: string) => ({
        when: { date: '2026-11-24', from, to: '11:00' },
        timeZone: 'America/Los_Angeles',
      });
      ids.plain = await stack.request(numbers.plain, at('10:00'));
      ids.personal = await stack.request(numbers.personal, { ...at('10:00'), preferredAgent: 'sam@example.com' });
      ids.banned = await stack.request(numbers.banned, at('10:08'));
      await eventually(async () => {
        const seen = await Promise.all(Object.values(ids).map((id) => stack.record(id)));
        return seen.every(({ attempts }) => attempts[0]?.status === 'placed');
      });
      // The next start sweeps at once.
      await stack.webex('PATCH', '/_settings', { agents: [{ id: sam, state: 'logged-out' }] });
    }
    {
      await using stack = await startAt('2026-11-24T09:52');
      const personal = await sweepUntil(stack, async () => {
        const seen = await stack.record(ids.personal);
        return seen.heldBy === 'ringback' && seen.status === 'waiting' && seen;
      });
      const plain = await sweepUntil(stack, async () => {
        const seen = await stack.record(ids.plain);
        return seen.decisions.length === 3 && seen;
      });

      expect(personal.attempts).toMatchObject([{ status: 'withdrawn' }]);
      expect(plain).toMatchObject({ status: 'placed', heldBy: 'webex' });
      expect(plain.decisions.at(-1)).toMatchObject({ verdict: 'allow', at: '2026-11-24T18:00:00.000Z' });
      expect(await orders(stack)).toEqual([numbers.plain, numbers.banned]);
      const ban = { jurisdiction: 'US-CA', reason: 'wildfire', to: '2026-11-24T18:30:00.000Z' };
      expect((await stack.asOperator('PUT', '/v1/bans/fire', ban)).ok).toBe(true);
    }
    {
      await using stack = await startAt('2026-11-24T10:02');

      const banned = await sweepUntil(stack, async () => {
        const seen = await stack.record(ids.banned);
        return seen.status === 'waiting' && seen.dueAt === '2026-11-24T18:30:00.000Z' && seen;
      });
      const plain = await sweepUntil(stack, async () => {
        const seen = await stack.record(ids.plain);
        return seen.status === 'completed' && seen;
      });

      const [task] = await stack.tasksTo(numbers.plain);
      expect(banned).toMatchObject({ heldBy: 'ringback', attempts: [{ status: 'withdrawn' }] });
      expect(plain).toMatchObject({ outcome: 'connected', attempts: [{ taskId: task?.id, outcome: 'connected' }] });
      expect(await orders(stack)).toEqual([]);
      expect(await stack.tasksTo(numbers.banned)).toEqual([]);
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
