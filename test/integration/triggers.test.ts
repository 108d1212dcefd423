import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CallEvent, CallEventSchema } from '../../events/call-event/schema.ts';
import { ProblemSchema } from '../../events/problem/schema.ts';
import { eventTypes } from '../../events/event-types.ts';
import { TriggerAcceptedSchema } from '../../events/trigger-accepted/schema.ts';
import { runningStack } from '../../infra/cli/running-stack.ts';
import { signDelivery } from '../../infra/cli/sign-delivery.ts';
import { runTriggerCli } from '../../infra/cli/trigger.ts';
import type { CfnTemplate } from '../../infra/local/template/assembly.ts';
import sample from '../../ringback.config.ts';
import { DynamoCallStore } from '../../src/adapters/dynamodb/call-store.ts';
import { recordOutcome } from '../../src/calls/record-outcome.ts';
import { defineConfig } from '../../src/settings/define-config.ts';
import type { Settings, SettingsInput } from '../../src/settings/schema.ts';
import { eventually } from '../support/eventually.ts';
import { type HostedStack, noonMs, startHostedStack } from '../support/hosted-stack.ts';
import { type WebhookReceiver, startWebhookReceiver } from '../support/webhook-receiver.ts';

const hour = 3_600_000;
const consent = { givenAt: noonMs - hour, wording: 'crm-2026-04' };
const mapping = { phone: '/phone', variables: { invoice: '/invoice' } };

const settingsFor = (receiver: string): Settings =>
  defineConfig({
    ...(sample as SettingsInput),
    webex: { region: 'us1', requestsPerMinute: 5_000 },
    triggers: {
      sources: {
        ...(sample as SettingsInput).triggers?.sources,
        shop: {
          signature: { form: 'hmac-sha256', header: 'x-shop-signature', encoding: 'hex', prefix: 'sha256=' },
          does: 'outdial',
          line: 'reminders',
          purpose: 'service',
          mapping: { ...mapping, id: '/event' },
        },
        hubspot: {
          signature: { form: 'hubspot-v3', url: 'https://calls.example.com/v1/triggers/hubspot' },
          does: 'outdial',
          line: 'reminders',
          purpose: 'marketing',
          basis: { type: 'consent', start: '/properties/consent_at' },
          mapping: { phone: '/properties/phone' },
        },
        website: {
          signature: { form: 'standard-webhooks' },
          does: 'callback',
          line: 'billing',
          basis: { type: 'request', start: '/submittedAt', wording: '2026-11' },
          mapping: { phone: '/phone', name: '/name' },
        },
      },
    },
    events: {
      destinations: {
        crm: { url: `${receiver}/crm`, types: [...eventTypes] },
        leaving: { url: `${receiver}/leaving`, types: ['call.requested.v1'] },
      },
    },
  });

/** So that a poisonous event is a dead letter after seconds: one receive, and hidden for as long as its function may run. */
function impatient(stackName: string, template: CfnTemplate): CfnTemplate {
  const resources = Object.entries(template.Resources ?? {}).map(([id, resource]) => {
    const properties = resource.Properties;
    if (stackName === 'RingbackStateful' && id.startsWith('IntegrationsRequests') && properties?.['RedrivePolicy']) {
      const redrive = { ...properties['RedrivePolicy'], maxReceiveCount: 1 };
      return [id, { ...resource, Properties: { ...properties, VisibilityTimeout: 5, RedrivePolicy: redrive } }];
    }
    if (id.startsWith('TakeRequestFunction') && properties)
      return [id, { ...resource, Properties: { ...properties, Timeout: 5 } }];
    return [id, resource];
  });
  return { ...template, Resources: Object.fromEntries(resources) as NonNullable<CfnTemplate['Resources']> };
}

let stack: HostedStack;
let receiver: WebhookReceiver;
let settings: Settings;
let secretsManager: SecretsManagerClient;
let bus: EventBridgeClient;
const secrets = new Map<string, string>();

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  settings = settingsFor(receiver.origin);
  stack = await startHostedStack({ settings, transformTemplate: impatient });
  const running = runningStack(stack.dataDir);
  if (!running) throw new Error('The stack does not run.');
  secretsManager = new SecretsManagerClient(running.client);
  bus = new EventBridgeClient(running.client);
  for (const source of Object.keys(settings.triggers.sources)) secrets.set(source, await currentSecret(source));
});

afterAll(async () => {
  secretsManager?.destroy();
  bus?.destroy();
  await stack?.[Symbol.asyncDispose]();
  await receiver?.[Symbol.asyncDispose]();
});

const secretId = (source: string) => stack.output(`TriggerSecret${source.charAt(0).toUpperCase()}${source.slice(1)}`);
async function currentSecret(source: string): Promise<string> {
  const { SecretString = '' } = await secretsManager.send(new GetSecretValueCommand({ SecretId: secretId(source) }));
  return (JSON.parse(SecretString) as { current: string }).current;
}

let count = 0;
let messages = 0;
/** A number that no other case uses. */
const freshNumber = (): string => `+1415555${String(6_000 + (count += 1)).padStart(4, '0')}`;

interface Sending {
  readonly id?: string;
  readonly atMs?: number;
  readonly secret?: string;
  readonly headers?: Record<string, string>;
}
function send(source: string, json: unknown, sending: Sending = {}): Promise<Response> {
  messages += 1;
  const { id = `msg_${messages}`, atMs = Date.now(), secret = secrets.get(source) ?? 'A'.repeat(44) } = sending;
  const body = typeof json === 'string' ? json : JSON.stringify(json);
  const signature = settings.triggers.sources[source]?.signature ?? { form: 'standard-webhooks' };
  const headers = sending.headers ?? signDelivery(signature, secret, { id, atMs, body });
  return fetch(`${stack.host.ready.api}/v1/triggers/${source}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}
const crmBody = (number: string) => ({
  contact: { phone: number, name: 'Ada' },
  invoice: { number: 4411, amount: 84.2 },
  consent,
});
async function idIn(response: Response): Promise<string> {
  const accepted = TriggerAcceptedSchema.parse(await response.json());
  if (!('id' in accepted)) throw new Error('The trigger led to no call.');
  return accepted.id;
}
const problemIn = async (response: Response) => ProblemSchema.parse(await response.json());
const taskTo = (number: string) => eventually(async () => (await stack.tasksTo(number))[0]);
const callsOf = async (number: string) => {
  const response = await stack.asOperator('GET', `/v1/calls?number=${encodeURIComponent(number)}`);
  return ((await response.json()) as { calls: { id: string; status: string }[] }).calls;
};
const deliveredOf = (callId: string, path = '/crm') =>
  receiver.received.filter((delivery) => delivery.path === path && delivery.body.includes(callId));
const eventsOf = (callId: string): CallEvent[] =>
  deliveredOf(callId)
    .filter(({ status }) => status < 300)
    .map(({ body }) => CallEventSchema.parse(JSON.parse(body)));
const typesOf = (callId: string): string[] =>
  eventsOf(callId)
    .toSorted((one, other) => one.data.version - other.data.version)
    .map(({ type }) => type);

describe('POST /v1/triggers/{source}', () => {
  it('has Webex execute the flow with the variables that the mapping names', async () => {
    const number = freshNumber();

    const response = await send('crm', crmBody(number));
    const id = await idIn(response);
    const task = await taskTo(number);

    expect(response.status).toBe(202);
    expect(task).toMatchObject({
      entryPointId: settings.lines['reminders']?.entryPointId,
      attributes: { invoice: '4411', amount: '84.2', customerName: 'Ada', ringback_attempt: `${id}.1` },
    });
    const { decisions } = await stack.record(id);
    expect(decisions[0]?.facts).toMatchObject({
      kind: 'outdial',
      automated: true,
      bases: [{ type: 'consent', purpose: 'service', evidence: { wordingVersion: 'crm-2026-04' } }],
    });
  });

  it('takes the other forms of signature: HMAC of the body, HubSpot with its URL, a callback', async () => {
    const [one, two, three] = [freshNumber(), freshNumber(), freshNumber()];

    const shop = await send('shop', { event: 1, phone: one, invoice: 'A-1' });
    const hubspot = await send('hubspot', { properties: { phone: two, consent_at: String(consent.givenAt) } });
    const website = await send('website', { phone: three, name: 'Ada', submittedAt: noonMs - hour });

    expect([shop.status, hubspot.status, website.status]).toEqual([202, 202, 202]);
    expect(await taskTo(one)).toMatchObject({ attributes: { invoice: 'A-1' } });
    expect(await taskTo(two)).toMatchObject({ number: two });
    expect(await taskTo(three)).toMatchObject({ entryPointId: settings.lines['billing']?.entryPointId });
    expect(await stack.record(await idIn(website))).toMatchObject({ kind: 'callback', purpose: 'requested' });
  });

  it.each<[string, Sending, number, string]>([
    ['unsigned', { headers: {} }, 401, 'signature-refused'],
    [
      'signed with another secret',
      { secret: `whsec_${Buffer.alloc(32).toString('base64')}` },
      401,
      'signature-refused',
    ],
    ['stale', { atMs: Date.now() - 10 * 60_000 }, 401, 'signature-refused'],
    ['of tomorrow', { atMs: Date.now() + 86_400_000 }, 401, 'signature-refused'],
  ])('refuses what is %s, and nothing happens', async (_how, sending, status, code) => {
    const number = freshNumber();

    const response = await send('crm', crmBody(number), sending);

    expect([response.status, (await problemIn(response)).code]).toEqual([status, code]);
    expect(await callsOf(number)).toEqual([]);
  });

  it('refuses a changed body, and one that was signed for another source', async () => {
    const number = freshNumber();
    const body = JSON.stringify(crmBody(number));
    const signed = (source: string) =>
      signDelivery({ form: 'standard-webhooks' }, secrets.get(source) ?? '', { id: 'msg_x', atMs: Date.now(), body });

    const changed = await send('crm', body.replace('4411', '4412'), { headers: signed('crm') });
    const foreign = await send('crm', body, { headers: signed('website') });

    expect([changed.status, foreign.status]).toEqual([401, 401]);
    expect(await callsOf(number)).toEqual([]);
  });

  it('takes the same delivery once, also from many at the same time, and answers its sender’s retry', async () => {
    const number = freshNumber();
    const once = { id: 'msg_once', atMs: Date.now() - 2_000 };

    const answers = await Promise.all(Array.from({ length: 8 }, () => send('crm', crmBody(number), once)));
    const [accepted, ...others] = answers.filter(({ status }) => status === 202);
    const id = accepted ? await idIn(accepted) : '';
    const later = await send('crm', crmBody(number), once);
    const retry = await send('crm', crmBody(number), { id: 'msg_once' });

    expect(others).toEqual([]);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(7);
    expect([later.status, (await problemIn(later)).code]).toEqual([409, 'delivery-replayed']);
    expect([retry.status, await idIn(retry)]).toEqual([202, id]);
    await taskTo(number);
    expect(await callsOf(number)).toMatchObject([{ id }]);
    expect(await stack.tasksTo(number)).toHaveLength(1);
  });

  it('takes both secrets while one is changed, and no third one', async () => {
    const [before, after] = [secrets.get('website') ?? '', 'A'.repeat(44)];
    const put = (value: object) =>
      secretsManager.send(
        new PutSecretValueCommand({ SecretId: secretId('website'), SecretString: JSON.stringify(value) }),
      );
    const ask = (secret: string) => send('website', { phone: freshNumber(), submittedAt: noonMs - hour }, { secret });
    await put({ current: after, previous: before });
    // The function looks again within a minute.
    await eventually(async () => (await ask(after)).status === 202, 70_000);

    expect((await ask(before)).status).toBe(202);
    expect((await ask('B'.repeat(44))).status).toBe(401);
  }, 90_000);

  it('obeys the do-not-call list, and does not tell the sender', async () => {
    const number = freshNumber();
    await stack.asOperator('PUT', `/v1/suppressions/${encodeURIComponent(number)}`, { reason: 'opt-out' });

    const response = await send('crm', crmBody(number));

    const problem = await problemIn(response);
    expect(problem).toMatchObject({ status: 422, code: 'number-not-callable' });
    expect(problem.detail).toBeUndefined();
    const [call] = await callsOf(number);
    expect(call).toMatchObject({ status: 'refused' });
    await eventually(async () => typesOf(call?.id ?? '').length > 0);
    expect(typesOf(call?.id ?? '')).toEqual(['call.refused.v1']);
  });

  it('tells what cannot be used by pointers into the sender’s own JSON', async () => {
    const response = await send('crm', { ...crmBody('+33 1 23 45 67 89'), invoice: { number: ['4411'] } });

    expect(response.status).toBe(422);
    expect((await problemIn(response)).errors?.map(({ pointer }) => pointer)).toEqual(['/invoice/number']);
    const foreign = await send('crm', crmBody('+33 1 23 45 67 89'));
    expect((await problemIn(foreign)).errors?.map(({ pointer }) => pointer)).toEqual(['/contact/phone']);
  });

  it('teaches nobody anything: unknown sources, large bodies, broken JSON', async () => {
    const unknown = await send('nobody', {});
    const large = await send('crm', 'x'.repeat(256 * 1_024 + 1));
    const broken = await send('crm', '{"contact":');
    const missing = await fetch(`${stack.host.ready.api}/v1/nothing`);

    expect([unknown.status, large.status, broken.status]).toEqual([404, 413, 400]);
    expect(await problemIn(unknown)).toEqual(expect.not.objectContaining({ detail: expect.anything() as unknown }));
    expect(missing.status).toBe(404);
  });

  it('verifies a body that comes in as base64', async () => {
    const number = freshNumber();
    const body = JSON.stringify(crmBody(number));
    const headers = {
      ...signDelivery({ form: 'standard-webhooks' }, secrets.get('crm') ?? '', {
        id: 'msg_64',
        atMs: Date.now(),
        body,
      }),
      'content-type': 'application/octet-stream',
    };

    const response = await send('crm', body, { headers });

    expect(response.status).toBe(202);
  });

  it('can be tried from the terminal', async () => {
    const lines: string[] = [];
    const run = (...args: string[]) =>
      runTriggerCli([...args, '--data', stack.dataDir], {
        settings,
        print: (line) => lines.push(line),
        complain: (line) => lines.push(line),
        nowMs: Date.now,
      });
    const file = new URL('../../events/invocations/trigger-crm.json', import.meta.url).pathname;

    expect([await run('crm', file), await run('crm', '--secret'), await run('nobody', file)]).toEqual([0, 0, 2]);
    expect(lines[0]).toMatch(/^202 \{"id":/);
    expect(lines[1]).toBe(secrets.get('crm'));
  });
});

describe('outbound.requested.v1', () => {
  const put = (detail: object) =>
    bus.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: stack.output('EventBus'),
            Source: 'com.example.shop',
            DetailType: 'outbound.requested.v1',
            Detail: JSON.stringify(detail),
          },
        ],
      }),
    );
  const event = (number: string, id: string, more: object = {}) => ({
    specversion: '1.0',
    id,
    source: 'https://shop.example.com/orders',
    type: 'outbound.requested.v1',
    time: '2026-11-23T20:00:00Z',
    data: { phone: number, line: 'reminders', purpose: 'service', variables: { invoice: '4411' }, ...more },
  });

  it('asks for the same outdial as the API, once for each source and id', async () => {
    const number = freshNumber();

    await put(event(number, 'order-1'));
    const task = await taskTo(number);
    await put(event(number, 'order-1'));
    const other = freshNumber();
    await put(event(other, 'order-2'));
    await taskTo(other);

    expect(task).toMatchObject({ attributes: { invoice: '4411' } });
    expect(await callsOf(number)).toHaveLength(1);
    expect(await stack.tasksTo(number)).toHaveLength(1);
  });

  it('makes a dead letter of what cannot be, and tells a metric', async () => {
    const queue = 'http://local/000000000000/RingbackStateful-DeadLetters';
    const depth = async () => {
      const { Attributes } = await stack.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: ['ApproximateNumberOfMessages'] }),
      );
      return Number(Attributes?.['ApproximateNumberOfMessages']);
    };

    await put(event(freshNumber(), 'order-3', { line: 'nowhere' }));
    await put({ ...event(freshNumber(), 'order-4'), id: '' });
    await eventually(async () => (await depth()) >= 2, 25_000);

    const { Messages = [] } = await stack.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: 10 }),
    );
    expect(Messages.map(({ Body = '' }) => (JSON.parse(Body) as { 'detail-type': string })['detail-type'])).toEqual([
      'outbound.requested.v1',
      'outbound.requested.v1',
    ]);
    const log = await readFile(join(stack.dataDir, 'logs', 'take-request.log'), 'utf8');
    expect(log).toContain('"RequestEventRefused":1');
    expect(log).toContain('TAKE_REQUEST_FAILED');
  }, 40_000);
});

describe('events to other systems', () => {
  const tables = {
    calls: 'RingbackStateful-Calls',
    suppressions: 'RingbackStateful-Suppressions',
    counters: 'RingbackStateful-Counters',
  };
  const report = (callId: string, outcome: 'connected' | 'unanswered', ended: boolean) =>
    recordOutcome(
      {
        calls: new DynamoCallStore(stack.dynamo, tables, 86_400_000),
        clock: { nowMs: () => noonMs, sleep: async () => undefined },
      },
      { attemptId: `${callId}.1`, taskId: 'task', createdAtMs: noonMs, outcome, ...(ended && { endedAtMs: noonMs }) },
    );
  const placed = async (number: string) => {
    const id = await idIn(await send('crm', crmBody(number)));
    await eventually(async () => (await stack.record(id)).status === 'placed');
    return id;
  };

  it('tell every step of a call once, signed, with the number masked', async () => {
    const number = freshNumber();
    const id = await placed(number);
    await report(id, 'connected', false);
    await report(id, 'connected', true);

    await eventually(async () => typesOf(id).length >= 4, 20_000);

    expect(typesOf(id)).toEqual(['call.requested.v1', 'call.placed.v1', 'call.connected.v1', 'call.completed.v1']);
    const completed = eventsOf(id).find(({ type }) => type === 'call.completed.v1');
    expect(completed).toMatchObject({
      source: `urn:ringback:${settings.organization.id}`,
      subject: id,
      data: { id, number: '+1415*****' + number.slice(-2), attempts: 1, placed: 1, outcome: 'connected' },
    });
    expect(Math.abs(Date.parse(completed?.time ?? '') - noonMs)).toBeLessThan(hour);
    for (const { body, headers } of deliveredOf(id)) {
      expect(body).not.toContain(number);
      const { SecretString = '' } = await secretsManager.send(
        new GetSecretValueCommand({ SecretId: stack.output('DestinationSecretCrm') }),
      );
      const { current } = JSON.parse(SecretString) as { current: string };
      expect(new Webhook(current).verify(body, headers)).toMatchObject({ id: headers['webhook-id'] });
    }
  });

  it('tell of a call that nobody answered and waits again, of one that is cancelled, and of one that Webex refuses', async () => {
    const [unanswered, waiting, failing] = [freshNumber(), freshNumber(), freshNumber()];
    await stack.webex('PUT', '/_faults', {
      rules: [
        {
          operation: 'createTask',
          effect: { status: 400, body: { trackingId: 't', errors: [{ key: '1', message: 'no such entry point' }] } },
          match: { number: failing },
        },
      ],
    });
    const retried = await placed(unanswered);
    await report(retried, 'unanswered', true);
    const failed = await idIn(await send('crm', crmBody(failing)));
    const cancelled = await stack.request(waiting, {
      when: { date: '2026-11-24', from: '10:00', to: '11:00' },
      timeZone: 'America/Los_Angeles',
    });
    await stack.asOperator('PUT', `/v1/suppressions/${encodeURIComponent(waiting)}`, { reason: 'opt-out' });
    await eventually(async () => {
      await stack.host.invoke('reconcile-calls', {});
      return (await stack.record(retried)).status === 'waiting';
    });

    // Events come in any order.
    await eventually(async () => typesOf(retried).length >= 4 && typesOf(failed).length >= 2, 20_000);
    await eventually(async () => typesOf(cancelled).length >= 2, 20_000);
    await eventually(async () => receiver.received.some(({ body }) => body.includes('number.suppressed.v1')), 20_000);

    expect(typesOf(retried)).toEqual(['call.requested.v1', 'call.placed.v1', 'call.unanswered.v1', 'call.deferred.v1']);
    expect(typesOf(failed)).toEqual(['call.requested.v1', 'call.failed.v1']);
    expect(typesOf(cancelled)).toEqual(['call.requested.v1', 'call.cancelled.v1']);
    await stack.webex('DELETE', '/_faults');
  }, 60_000);

  it('come again after a 500, under the same id with a new signature', async () => {
    receiver.answer('/crm', { status: 500 });
    const id = await idIn(await send('crm', crmBody(freshNumber())));

    await eventually(async () => receiver.received.some(({ status }) => status === 500));
    const refused = receiver.received.find(({ status }) => status === 500);
    const again = await eventually(
      async () =>
        receiver.received.find(
          ({ path, status, headers }) =>
            path === '/crm' && status === 204 && headers['webhook-id'] === refused?.headers['webhook-id'],
        ),
      25_000,
    );

    expect(again.body).toBe(refused?.body);
    expect(again.atMs - (refused?.atMs ?? 0)).toBeGreaterThanOrEqual(4_000);
    expect(again.headers['webhook-signature']).not.toBe(refused?.headers['webhook-signature']);
    await eventually(async () => typesOf(id).includes('call.placed.v1'), 20_000);
  }, 60_000);

  it('follow no redirect, and stop where the other side is gone', async () => {
    receiver.answer(
      '/leaving',
      { status: 302, headers: { location: `${receiver.origin}/elsewhere` } },
      { status: 410 },
    );
    const first = await idIn(await send('crm', crmBody(freshNumber())));
    await eventually(
      async () => receiver.received.some(({ path, status }) => path === '/leaving' && status === 410),
      25_000,
    );
    const asked = receiver.received.filter(({ path }) => path === '/leaving').length;

    const later = await idIn(await send('crm', crmBody(freshNumber())));
    const log = await eventually(async () => {
      const text = await readFile(join(stack.dataDir, 'logs', 'deliver-event.log'), 'utf8');
      return text.includes(`"eventId":"${later}-v1","deliveries":1`) && text;
    }, 20_000);

    expect(receiver.received.filter(({ path }) => path === '/elsewhere')).toEqual([]);
    expect(receiver.received.filter(({ path }) => path === '/leaving')).toHaveLength(asked);
    expect(deliveredOf(first, '/leaving').length).toBeGreaterThan(0);
    expect(log).toContain('DELIVER_EVENT_DESTINATION_GONE');
    expect(log).toContain('"EventDestinationGone":1');
  }, 60_000);
});
