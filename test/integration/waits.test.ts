import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Wait, WaitSchema } from '../../events/wait/schema.ts';
import settings from '../../ringback.config.ts';
import { DynamoWaitCache } from '../../src/adapters/dynamodb/wait-cache.ts';
import { defineConfig } from '../../src/settings/define-config.ts';
import type { SettingsInput } from '../../src/settings/schema.ts';
import { enginesHere } from '../support/engines.ts';
import { eventually } from '../support/eventually.ts';
import { type HostedStack, startHostedStack } from '../support/hosted-stack.ts';

const queueId = settings.lines['support']?.queueId ?? '';

describe.each(enginesHere())('the estimated wait on %s', (engine) => {
  let stack: HostedStack;
  beforeAll(async () => {
    stack = await startHostedStack({ engine });
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  const ask = (line: string): Promise<Response> => fetch(`${stack.host.ready.api}/v1/lines/${line}/wait`);
  const waitOn = async (line: string): Promise<Wait> => WaitSchema.parse(await (await ask(line)).json());
  const setWait = (estimatedWaitMs: number | null) =>
    stack.webex('PATCH', '/_settings', { queues: [{ id: queueId, estimatedWaitMs }] });
  const asked = async (): Promise<number> => {
    const requests = (await stack.webex('GET', '/_requests')) as { operation?: string }[];
    return requests.filter(({ operation }) => operation === 'ewt').length;
  };
  const createCache = async (): Promise<DynamoWaitCache> => {
    const { TableNames = [] } = await stack.dynamo.send(new ListTablesCommand({}));
    return new DynamoWaitCache(stack.dynamo, TableNames.find((name) => name.includes('Counters')) ?? '');
  };

  it('is what Webex says, asked once for everybody', async () => {
    await setWait(230_000);

    const answers = await Promise.all(Array.from({ length: 20 }, () => waitOn('support')));

    expect(answers).toContainEqual({ known: true, waitSeconds: 230 });
    await setWait(900_000);
    for (let times = 0; times < 20; times += 1) {
      const wait = await eventually(async () => {
        const now = await waitOn('support');
        return now.known ? now : undefined;
      });
      expect(wait).toEqual({ known: true, waitSeconds: 230 });
    }
    expect(await asked()).toBe(1);
  });

  it('is not known for a line without a queue, and there is none for a line of operators', async () => {
    expect(await waitOn('billing')).toEqual({ known: false });
    expect((await ask('reminders')).status).toBe(404);
  });

  it('is kept by one asker at a time', async () => {
    const cache = await createCache();
    const span = { nowMs: 1_000_000, untilMs: 1_010_000, staleBeforeMs: 970_000 };

    const claims = await Promise.all(Array.from({ length: 20 }, () => cache.claim('one', span)));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await cache.read('one')).toBeUndefined();
    expect(await cache.claim('one', { ...span, nowMs: 1_010_000, untilMs: 1_020_000 })).toBe(true);

    await cache.write('one', { askedAtMs: 1_011_000, waitSeconds: 60 });
    expect(await cache.read('one')).toEqual({ askedAtMs: 1_011_000, waitSeconds: 60 });
    expect(await cache.claim('one', { nowMs: 1_040_999, untilMs: 1_050_999, staleBeforeMs: 1_010_999 })).toBe(false);
    expect(await cache.claim('one', { nowMs: 1_041_000, untilMs: 1_051_000, staleBeforeMs: 1_011_000 })).toBe(true);

    await cache.write('one', { askedAtMs: 1_020_000 });
    expect(await cache.read('one')).toEqual({ askedAtMs: 1_020_000 });
  });
});

/** Lines with a queue each, so that what is remembered of one says nothing about the next. */
const line = { topic: 'Line', entryPointId: 'e' };
const others = defineConfig({
  ...(settings as SettingsInput),
  lines: {
    untold: { ...line, queueId: 'untold' },
    failing: { ...line, queueId: 'failing' },
    silent: { ...line, queueId: 'silent' },
    told: { ...line, topic: 'Told', queueId: 'told' },
  },
  triggers: undefined,
});

describe('the estimated wait', () => {
  let stack: HostedStack;
  beforeAll(async () => {
    stack = await startHostedStack({ settings: others });
    const queues = [
      { id: 'untold', estimatedWaitMs: null },
      { id: 'told', estimatedWaitMs: 120_000 },
    ];
    await stack.webex('PATCH', '/_settings', { queues });
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  it.each([
    ['Webex has too few samples', 'untold', undefined],
    ['Webex fails', 'failing', { status: 500 }],
    ['Webex does not answer', 'silent', { delayMs: 20_000 }],
  ])('is not known and keeps nobody waiting where %s', async (_what, name, effect) => {
    await stack.webex('PUT', '/_faults', { rules: effect ? [{ operation: 'ewt', effect }] : [] });
    const startedMs = performance.now();

    const response = await fetch(`${stack.host.ready.api}/v1/lines/${name}/wait`);

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ known: false });
    expect(performance.now() - startedMs).toBeLessThan(6_000);
  });

  it('is told on the page without JavaScript too, which asks by itself', async () => {
    await stack.webex('PUT', '/_faults', { rules: [] });

    const response = await fetch(`${stack.host.ready.api}/callback`);

    expect(await response.text()).toContain('Told: At the moment the wait is about 2 minutes.');
  });
});
