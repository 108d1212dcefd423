import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { BanSchema } from '../../events/ban/schema.ts';
import { NumberSuppressedSchema } from '../../events/number-suppressed/schema.ts';
import { projectRoot } from '../../infra/build/bundle-functions.ts';
import sample from '../../ringback.config.ts';
import { DynamoSuppressionBulkStore } from '../../src/adapters/dynamodb/suppression-bulk-store.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { defineConfig } from '../../src/settings/define-config.ts';
import type { SettingsInput } from '../../src/settings/schema.ts';
import { eventually } from '../support/eventually.ts';
import { heardQueue, hearing } from '../support/hearing.ts';
import { type HostedStack, startHostedStack, suppressionOf } from '../support/hosted-stack.ts';

const list = 'corporate-dnc';
const settings = defineConfig({
  ...(sample as SettingsInput),
  webex: { region: 'us1', dncLists: [list], requestsPerMinute: 5_000 },
  policy: { registries: { US: { subscribed: true } } },
});
/** How soon an opt-out must be seen everywhere. */
const everywhereMs = 5_000;

let count = 0;
/** A number that no other case uses. */
const freshNumber = (): string => `+1415555${String(3_000 + (count += 1)).padStart(4, '0')}`;
const pathOf = (number: string): string => `/v1/suppressions/${encodeURIComponent(number)}`;

describe('do-not-call lists and bans in the running stack', () => {
  let stack: HostedStack;

  beforeAll(async () => {
    stack = await startHostedStack({ settings, transformTemplate: hearing('number.suppressed.v1') });
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  const webexEntries = async () => (await stack.webex('GET', '/_dnc')) as { number: string; reason: string }[];
  const onWebexList = async (number: string) => (await webexEntries()).find((entry) => entry.number === number);
  const statusOf = async (callId: string) => (await stack.record(callId)).status;
  const heardEvents = async () => {
    const { Messages = [] } = await stack.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: `http://local/000000000000/${heardQueue}`, MaxNumberOfMessages: 10 }),
    );
    return Messages.map(({ Body = '' }) => JSON.parse(Body) as { 'detail-type': string; detail: unknown });
  };
  /** A call for tomorrow, so that it waits. */
  const waitingCall = (number: string): Promise<string> =>
    stack.request(number, {
      when: { date: '2026-11-24', from: '10:00', to: '11:00' },
      timeZone: 'America/Los_Angeles',
    });
  const scheduleInWebex = async (number: string): Promise<void> => {
    const { accessToken } = (await stack.webex('POST', '/_tokens', {})) as { accessToken: string };
    const body = {
      customerName: 'Ada Lovelace',
      callbackNumber: number,
      timezone: 'America/Los_Angeles',
      scheduleDate: '2026-11-24',
      startTime: '10:00:00',
      endTime: '11:00:00',
      queueId: settings.lines['support']?.queueId,
    };
    const path = `/v1/callbacks/organization/${settings.organization.id}/scheduled-callback`;
    const response = await fetch(`${stack.host.ready.webex}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(await response.text());
  };
  const scheduledFor = async (number: string) =>
    ((await stack.webex('GET', '/_scheduled-callbacks')) as { callbackNumber: string }[]).filter(
      ({ callbackNumber }) => callbackNumber === number,
    );

  it('carries an opt-out everywhere within 5 s, and dials nothing after the answer', async () => {
    const number = freshNumber();
    await scheduleInWebex(number);
    const callId = await waitingCall(number);

    const startedMs = performance.now();
    const put = await stack.asOperator('PUT', pathOf(number), { reason: 'asked on the phone' });
    const answeredMs = performance.now() - startedMs;
    const atAnswer = await statusOf(callId);
    const event = await eventually(async () =>
      (await heardEvents()).find(({ detail }) => JSON.stringify(detail).includes('+1415*****')),
    );
    await eventually(async () => (await onWebexList(number)) && (await scheduledFor(number)).length === 0);
    const everywhere = performance.now() - startedMs;
    console.info(`suppressed: answer ${answeredMs.toFixed(0)} ms, everywhere ${everywhere.toFixed(0)} ms`);

    expect(await put.json()).toMatchObject({ number, list: 'internal', cancelledCalls: 1 });
    expect(atAnswer).toBe('cancelled');
    expect(everywhere).toBeLessThan(everywhereMs);
    expect(await onWebexList(number)).toMatchObject({ reason: 'asked on the phone' });
    expect(event['detail-type']).toBe('number.suppressed.v1');
    expect(z.safeParse(NumberSuppressedSchema, event.detail).error).toBeUndefined();
    expect(JSON.stringify(event)).not.toContain(number);
    expect(await stack.tasksTo(number)).toEqual([]);
  });

  it('takes the number off the Webex list again when it is removed from ours', async () => {
    const number = freshNumber();
    await stack.asOperator('PUT', pathOf(number), { reason: 'asked on the phone' });
    await eventually(() => onWebexList(number));

    await stack.asOperator('DELETE', pathOf(number), { reason: 'the number changed hands' });
    await eventually(async () => (await onWebexList(number)) === undefined, everywhereMs);

    const callId = await stack.request(number);
    expect(await eventually(async () => (await stack.tasksTo(number))[0])).toMatchObject({ number });
    expect((await stack.record(callId)).decisions.at(-1)?.rules).toContainEqual(
      expect.objectContaining({ id: `dnc:webex:${list}`, result: 'passed' }),
    );
  });

  it('tells Webex again where it failed, and takes a number that is there already for done', async () => {
    const number = freshNumber();
    await stack.webex('PUT', '/_faults', { rules: [{ operation: 'dncAdd', effect: { status: 503 }, remaining: 2 }] });

    await stack.asOperator('PUT', pathOf(number), { reason: 'asked on the phone' });
    await eventually(() => onWebexList(number), everywhereMs);

    expect((await stack.host.invoke('propagate-suppression', messageOf(number))).outcome).toBe('answered');
    expect(await onWebexList(number)).toBeDefined();
  });

  it('refuses a call whose number only the Webex list has', async () => {
    const number = freshNumber();
    const { accessToken } = (await stack.webex('POST', '/_tokens', {})) as { accessToken: string };
    await fetch(`${stack.host.ready.webex}/v3/campaign-management/dncList/${list}/phoneNumber`, {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ phoneNumber: number, source: 'an agent' }),
    });

    const callId = await stack.request(number);
    const record = await eventually(async () => {
      const seen = await stack.record(callId);
      return seen.status === 'refused' && seen;
    });

    expect(record).toMatchObject({ outcome: 'suppressed', attempts: [] });
    expect(record.decisions.at(-1)).toMatchObject({ verdict: 'deny', because: `dnc:webex:${list}` });
    expect(await stack.tasksTo(number)).toEqual([]);
  });

  it('has a call wait while the Webex list cannot be read', async () => {
    const number = freshNumber();
    await stack.webex('PUT', '/_faults', { rules: [{ operation: 'dncGet', effect: { status: 500 } }] });

    const callId = await stack.request(number);
    const record = await eventually(async () => {
      const seen = await stack.record(callId);
      return seen.decisions.length > 1 && seen;
    });
    await stack.webex('DELETE', '/_faults');

    expect(record).toMatchObject({ status: 'waiting', attempts: [] });
    expect(record.decisions.at(-1)).toMatchObject({ verdict: 'defer', because: `dnc:webex:${list}` });
  });

  it('cancels what waits for numbers that the command line imports, and tells Webex and the bus', async () => {
    const number = freshNumber();
    const callId = await waitingCall(number);
    const file = join(stack.dataDir, 'letters.csv');
    await writeFile(file, `number,reason\n${number},asked by letter\n`);

    const imported = await runSuppressions('import', file);
    await eventually(async () => (await statusOf(callId)) === 'cancelled', everywhereMs);
    await eventually(() => onWebexList(number), everywhereMs);
    const exported = await runSuppressions('export', join(stack.dataDir, 'all.csv'));

    expect(imported.output).toContain('1 numbers added');
    expect([imported.exitCode, exported.exitCode]).toEqual([0, 0]);
    expect(await readFile(join(stack.dataDir, 'all.csv'), 'utf8')).toContain(`${number},asked by letter`);
    expect(await onWebexList(number)).toMatchObject({ reason: 'asked by letter' });
  });

  it('announces 500 numbers of an import within seconds', async () => {
    const store = new DynamoSuppressionBulkStore(stack.dynamo, stack.output('SuppressionsTable'), createSystemClock());
    const numbers = Array.from({ length: 500 }, (_, index) => `+1646555${String(index).padStart(4, '0')}`);
    const startedMs = performance.now();

    await store.addMany(numbers.map(suppressionOf));
    const announced = await eventually(async () => {
      const lines = (await logLines('announce-suppression')).filter((line) => line.includes('+1646'));
      return lines.length >= 500 && lines;
    }, 30_000);
    console.info(`announced 500 numbers in ${(performance.now() - startedMs).toFixed(0)} ms`);

    expect(announced).toHaveLength(500);
  });

  it('bans calls into a jurisdiction at run time, tells when they may go on, and lifts the ban', async () => {
    const ban = { jurisdiction: 'US-LA', to: '2026-11-25T06:00:00Z', reason: 'hurricane' };
    const louisiana = '+15045550132';

    const declared = await stack.asOperator('PUT', '/v1/bans/storm', ban);
    const held = await stack.request(louisiana);
    const elsewhere = freshNumber();
    await stack.request(elsewhere);
    await eventually(async () => (await stack.tasksTo(elsewhere))[0]);
    const [decision] = (await stack.record(held)).decisions;
    const listed = (await (await stack.asOperator('GET', '/v1/bans')).json()) as { bans: unknown[] };
    const lifted = await stack.asOperator('DELETE', '/v1/bans/storm', { reason: 'the storm is over' });
    const gone = await stack.asOperator('GET', '/v1/bans/storm');

    expect(z.safeParse(BanSchema, await declared.json()).error).toBeUndefined();
    expect(decision).toMatchObject({ verdict: 'defer', because: 'emergency:storm' });
    expect(Date.parse(decision?.until ?? '')).toBeGreaterThanOrEqual(Date.parse(ban.to));
    expect(await stack.tasksTo(louisiana)).toEqual([]);
    expect(listed.bans).toMatchObject([{ id: 'storm', jurisdiction: 'US-LA', declaredBy: 'operator:local-operator' }]);
    expect([lifted.status, gone.status]).toEqual([204, 404]);
    const after = await stack.request('+15045550133');
    expect((await stack.record(after)).decisions[0]?.rules.map(({ id }) => id)).not.toContain('emergency:storm');
  });

  it.each([
    ['an unknown jurisdiction', { jurisdiction: 'US-XX', reason: 'hurricane' }, '/jurisdiction'],
    ['no jurisdiction', { reason: 'hurricane' }, '/jurisdiction'],
    ['an end before the start', { jurisdiction: 'US-LA', to: '2026-11-01T00:00:00Z', reason: 'hurricane' }, '/to'],
    ['no reason', { jurisdiction: 'US-LA' }, '/reason'],
  ])('refuses a ban with %s', async (_what, body, pointer) => {
    const response = await stack.asOperator('PUT', '/v1/bans/storm', body);

    const problem = (await response.json()) as { code: string; errors: { pointer: string; detail: string }[] };
    expect(response.status).toBe(422);
    expect(problem.errors).toMatchObject([{ pointer, detail: expect.stringMatching(/^[a-z].*\.$/) }]);
    expect((await stack.asOperator('GET', '/v1/bans/storm')).status).toBe(404);
  });

  it('imports an uploaded list of the registry and weighs it for a call that nobody asked for', async () => {
    const [listed, free, unknown] = ['+16175550132', '+16175550133', '+12125550132'];
    await stack.s3.send(
      new PutObjectCommand({
        Bucket: stack.output('RegistryBucket'),
        Key: 'uploads/US/617 list.txt',
        Body: '6175550132\n6175550199\n',
        Metadata: { 'as-of': '2026-11-20' },
      }),
    );
    await eventually(async () =>
      (await logLines('import-registry')).some((line) => line.includes('IMPORT_REGISTRY_COMPLETED')),
    );

    const calls = await Promise.all([listed, free, unknown].map((number) => stack.addMarketingCall(number)));
    const [refused, dialed, waits] = await Promise.all(
      calls.map((callId) =>
        eventually(async () => {
          const seen = await stack.record(callId);
          return seen.decisions.length > 1 && seen;
        }),
      ),
    );

    expect(refused).toMatchObject({ status: 'refused', attempts: [] });
    expect(refused?.decisions.at(-1)).toMatchObject({ verdict: 'deny', because: 'us-dnc-registry' });
    expect(dialed?.decisions.at(-1)).toMatchObject({ verdict: 'allow' });
    expect(await eventually(async () => (await stack.tasksTo(free))[0])).toMatchObject({ number: free });
    expect(waits).toMatchObject({ status: 'waiting', attempts: [] });
    expect(waits?.decisions.at(-1)).toMatchObject({ verdict: 'defer', because: 'us-dnc-registry' });
    expect([...(await stack.tasksTo(listed)), ...(await stack.tasksTo(unknown))]).toEqual([]);
  });

  it('refuses an upload that is no list, and keeps the copy', async () => {
    await stack.s3.send(
      new PutObjectCommand({
        Bucket: stack.output('RegistryBucket'),
        Key: 'uploads/US/2026-11-21.txt',
        Body: '<xml/>',
      }),
    );

    const refusal = await eventually(async () =>
      (await logLines('import-registry')).find((line) => line.includes('IMPORT_REGISTRY_REFUSED')),
    );

    expect(refusal).toContain('uploads/US/2026-11-21.txt');
    expect((await logLines('import-registry')).some((line) => line.includes('RegistryImportRefused'))).toBe(true);
  });

  it('tells an operator the rules, their sources, the next lawful instant and the table of each decision', async () => {
    const number = '+18085550132';

    const callId = await stack.request(number, {
      when: { date: '2026-11-24', from: '03:00', to: '23:00' },
      timeZone: 'Pacific/Honolulu',
    });
    const [decision] = (await stack.record(callId)).decisions;

    expect(decision).toMatchObject({
      verdict: 'defer',
      until: '2026-11-24T18:00:00.000Z',
      zones: ['Pacific/Honolulu'],
    });
    expect(decision?.table).toMatch(/^[0-9a-f]{64}$/);
    expect(decision?.jurisdictions).toEqual(['US', 'US-HI']);
    expect(decision?.rules.length).toBeGreaterThan(5);
    expect(decision?.rules.filter(({ citation, url, detail }) => !citation || !url || !detail.endsWith('.'))).toEqual(
      [],
    );
  });

  const messageOf = (number: string) => ({
    Records: [{ messageId: 'm1', body: JSON.stringify({ number }), eventSource: 'aws:sqs' }],
  });
  const logLines = async (name: string): Promise<string[]> =>
    (await readFile(join(stack.dataDir, 'logs', `${name}.log`), 'utf8')).split('\n');
  async function runSuppressions(...args: string[]): Promise<{ exitCode: number | null; output: string }> {
    const file = join(projectRoot, 'infra/cli/suppressions.ts');
    const child = spawn(process.execPath, [file, ...args, '--data', stack.dataDir], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await once(child, 'close');
    return { exitCode: child.exitCode, output };
  }
});

describe('a dispatcher that may not read our list', () => {
  let stack: HostedStack;

  beforeAll(async () => {
    stack = await startHostedStack({
      settings,
      removeStatement: ({ Sid }, { functionName }) => Sid === 'ReadLists' && functionName.includes('DispatchCall'),
    });
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  it('has the call wait, with the reason in its record, and never dials', async () => {
    const number = freshNumber();

    const callId = await stack.request(number);
    const record = await eventually(async () => {
      const seen = await stack.record(callId);
      return seen.decisions.length > 1 && seen;
    });
    await sleep(1_000);

    const decision = record.decisions.at(-1);
    expect(record).toMatchObject({ status: 'waiting', attempts: [] });
    expect(decision).toMatchObject({ verdict: 'defer', because: 'internal-dnc' });
    expect(decision?.rules.find(({ id }) => id === 'internal-dnc')).toMatchObject({ result: 'unreadable' });
    expect(Date.parse(decision?.until ?? '') - Date.parse(decision?.at ?? '')).toBe(60_000);
    expect(await stack.tasksTo(number)).toEqual([]);
    const { denied } = Object.entries(stack.host.usage()).find(([name]) => name.includes('DispatchCall'))?.[1] ?? {};
    expect(denied).toContainEqual(expect.objectContaining({ action: 'dynamodb:BatchGetItem' }));
  });
});
