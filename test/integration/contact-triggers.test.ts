import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ProblemSchema } from '../../events/problem/schema.ts';
import { ScheduleRunEndedSchema } from '../../events/schedule-run-ended/schema.ts';
import { TriggerAcceptedSchema } from '../../events/trigger-accepted/schema.ts';
import { type UploadEvent, UploadEventSchema, uploadEventTypes } from '../../events/upload-event/schema.ts';
import { runContactFileCli } from '../../infra/cli/contact-file.ts';
import { runningStack } from '../../infra/cli/running-stack.ts';
import { signDelivery } from '../../infra/cli/sign-delivery.ts';
import sample from '../../ringback.config.ts';
import { defineConfig } from '../../src/settings/define-config.ts';
import type { Settings, SettingsInput } from '../../src/settings/schema.ts';
import { eventually } from '../support/eventually.ts';
import { type HostedStack, startHostedStack } from '../support/hosted-stack.ts';
import { UploadStack, campaign } from '../support/upload-stack.ts';
import { type WebhookReceiver, startWebhookReceiver } from '../support/webhook-receiver.ts';

const header = 'phone,time zone,customer id,opted in,first name,balance,renews on';
const settingsFor = (receiver: string): Settings => {
  const { newsletter } = (sample as SettingsInput).triggers?.sources ?? {};
  if (!newsletter) throw new Error('The sample settings have no source newsletter.');
  return defineConfig({
    ...(sample as SettingsInput),
    webex: { region: 'us1', requestsPerMinute: 3_000 },
    triggers: { sources: { newsletter: { ...newsletter, collectSeconds: 10 } } },
    events: {
      destinations: { crm: { url: `${receiver}/crm`, types: [...uploadEventTypes, 'schedule-run.ended.v1'] } },
    },
  });
};

let stack: HostedStack;
let receiver: WebhookReceiver;
let uploads: UploadStack;
let secret: string;

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  stack = await startHostedStack({ settings: settingsFor(receiver.origin) });
  const { api, webex, operatorToken } = stack.host.ready;
  uploads = new UploadStack({ api, webex, token: operatorToken });
  const running = runningStack(stack.dataDir);
  if (!running) throw new Error('The stack does not run.');
  const secretsManager = new SecretsManagerClient(running.client);
  const { SecretString = '' } = await secretsManager.send(
    new GetSecretValueCommand({ SecretId: stack.output('TriggerSecretNewsletter') }),
  );
  secret = (JSON.parse(SecretString) as { current: string }).current;
  secretsManager.destroy();
});
beforeEach(() => stack.webex('DELETE', '/_faults'));
afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await receiver?.[Symbol.asyncDispose]();
});

function post(subscriber: object, { id, atMs = Date.now() }: { id: string; atMs?: number }): Promise<Response> {
  const body = JSON.stringify({ subscriber });
  return fetch(`${stack.host.ready.api}/v1/triggers/newsletter`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...signDelivery({ form: 'standard-webhooks' }, secret, { id, atMs, body }),
    },
    body,
  });
}
const subscriber = (phone: string, id: string) => ({ id, phone, firstName: 'Grace', optedInOn: '2026-10-01' });
async function uploadIn(response: Response): Promise<string> {
  const accepted = TriggerAcceptedSchema.parse(await response.json());
  if (!('upload' in accepted)) throw new Error('The trigger led to no upload.');
  return accepted.upload;
}
/** Once each, in the order of the versions: what comes again has the same id. */
function eventsOf(uploadId: string): UploadEvent[] {
  const told = receiver.received
    .filter(({ status, body }) => status < 300 && body.includes(`"subject":"${uploadId}"`))
    .map(({ body }) => UploadEventSchema.parse(JSON.parse(body)));
  const versionOf = ({ id }: UploadEvent): number => Number(/-v(\d+)/.exec(id)?.[1]);
  return [...new Map(told.map((event) => [event.id, event])).values()].toSorted(
    (one, other) => versionOf(one) - versionOf(other) || one.id.length - other.id.length,
  );
}
const typesOf = (uploadId: string): string[] => eventsOf(uploadId).map(({ type }) => type);
/** Each is delivered by itself, so a later one may come before an earlier one. */
const told = (uploadId: string, types: readonly string[]): Promise<UploadEvent[]> =>
  eventually(async () => types.every((type) => typesOf(uploadId).includes(type)) && eventsOf(uploadId), 30_000);
const carried = ['upload.started.v1', 'upload.planned.v1', 'upload.finished.v1'];

describe('a contact by a trigger', () => {
  it('arrives in one list of the campaign with the others of its stretch, once, and its upload is told', async () => {
    const once = { id: 'msg_once', atMs: Date.now() - 2_000 };
    const people = Array.from({ length: 12 }, (_, index) => subscriber(`+1646555${8_000 + index}`, `T${index}`));

    const first = await uploadIn(await post(people[0] as object, once));
    const replay = await post(people[0] as object, once);
    const retry = await uploadIn(await post(people[0] as object, { id: 'msg_once' }));
    const changed = await post(people[1] as object, { id: 'msg_once' });
    const ids = new Set([first]);
    for (const [index, person] of people.entries())
      if (index > 0) ids.add(await uploadIn(await post(person, { id: `msg_${index}` })));
    await eventually(async () => (await uploads.ask('GET', `${campaign}/uploads/${first}`)).status === 200, 60_000);
    const seen = await Promise.all([...ids].map((id) => uploads.rest(id, { timeoutMs: 90_000 })));
    const contacts = (await Promise.all([...ids].map((id) => uploads.listOf(id)))).flat();

    expect([replay.status, ProblemSchema.parse(await replay.json()).code]).toEqual([409, 'delivery-replayed']);
    expect(retry).toBe(first);
    expect([changed.status, ProblemSchema.parse(await changed.json()).code]).toEqual([422, 'delivery-changed']);
    expect(ids.size).toBeLessThanOrEqual(2);
    expect(seen.map(({ status }) => status)).toEqual(seen.map(() => 'finished'));
    expect(contacts.map(({ customerId }) => customerId).toSorted()).toEqual(people.map(({ id }) => id).toSorted());
    expect(contacts.find(({ customerId }) => customerId === 'T0')).toMatchObject({
      phone: '+16465558000',
      invalid: null,
      attributes: expect.arrayContaining([{ fieldName: 'FirstName', value: 'Grace' }]) as unknown,
    });
    await told(first, carried);
    expect(typesOf(first)).toEqual(carried);
    expect(eventsOf(first)[0]?.data.name).toMatch(/^newsletter 20/);
  }, 180_000);

  it('is weighed like every other row: on our own list it stays out, and the report says so', async () => {
    const number = '+16465558101';
    await stack.asOperator('PUT', `/v1/suppressions/${encodeURIComponent(number)}`, { reason: 'opt-out' });

    const id = await uploadIn(await post(subscriber(number, 'listed'), { id: 'msg_listed' }));
    await eventually(async () => (await uploads.ask('GET', `${campaign}/uploads/${id}`)).status === 200, 60_000);
    const seen = await uploads.rest(id);

    expect(seen).toMatchObject({ status: 'finished', accepted: 0, rejected: { 'listed-internal': 1 } });
    await told(id, carried);
    expect(typesOf(id)).toEqual(carried);
  }, 120_000);

  it('that the campaign cannot use is refused at once, by pointers into the sender’s own JSON', async () => {
    const foreign = await post(subscriber('+33 1 23 45 67 89', 'F1'), { id: 'msg_foreign' });
    const nobody = await post({ ...subscriber('+16465558102', ''), optedInOn: 'last spring' }, { id: 'msg_nobody' });
    const unsigned = await fetch(`${stack.host.ready.api}/v1/triggers/newsletter`, { method: 'POST', body: '{}' });

    const pointers = async (response: Response) =>
      ProblemSchema.parse(await response.json()).errors?.map(({ pointer }) => pointer);
    expect([foreign.status, nobody.status, unsigned.status]).toEqual([422, 422, 401]);
    expect(await pointers(foreign)).toEqual(['/subscriber/phone']);
    expect(await pointers(nobody)).toEqual(['/subscriber/optedInOn']);
  });
});

describe('events of uploads', () => {
  let count = 0;
  const file = (some: number): string => {
    const rows = Array.from({ length: some }, () => {
      count += 1;
      return `+1646555${String(count).padStart(4, '0')},,E${count},2026-10-01,Ada,12.5,2027-01-15\n`;
    });
    return `${header}\n${rows.join('')}`;
  };

  it('tell of a pause, of going on to the end, with what was sent, and name no contact', async () => {
    await stack.webex('PUT', '/_faults', { rules: [{ operation: 'contactsAdd', effect: { delayMs: 300 } }] });
    const id = await uploads.send(file(300), { name: 'week 47' });
    await eventually(async () => ((await uploads.progress(id)).sent ?? 0) > 0, 30_000);

    await uploads.change(id, 'pause');
    await told(id, ['upload.paused.v1']);
    await uploads.change(id, 'resume');
    await uploads.rest(id, { until: ['finished'], timeoutMs: 60_000 });
    const types = ['upload.started.v1', 'upload.planned.v1', 'upload.paused.v1', 'upload.finished.v1'];
    const events = await told(id, types);

    expect(typesOf(id)).toEqual(types);
    expect(events[1]?.data).toMatchObject({ campaign, name: 'week 47', rows: 300, accepted: 300 });
    expect(events[3]?.data).toMatchObject({ sent: 300, uncertain: 0, refused: 0, leftOut: 0 });
    for (const { body } of receiver.received) expect(body).not.toMatch(/\+1646555|E1\b|Ada/);
  }, 150_000);

  it('tell of a cancelled one and of a refused one, each as its end', async () => {
    await stack.webex('PUT', '/_faults', { rules: [{ operation: 'contactsAdd', effect: { delayMs: 300 } }] });
    const cancelled = await uploads.send(file(300));
    await eventually(async () => ((await uploads.progress(cancelled)).sent ?? 0) > 0, 30_000);
    await uploads.change(cancelled, 'cancel');
    const refused = await uploads.send('');

    const types = {
      cancelled: ['upload.started.v1', 'upload.planned.v1', 'upload.cancelled.v1'],
      refused: ['upload.started.v1', 'upload.refused.v1'],
    };
    const ends = [...(await told(cancelled, types.cancelled)), ...(await told(refused, types.refused))];

    expect(typesOf(cancelled)).toEqual(types.cancelled);
    expect(typesOf(refused)).toEqual(types.refused);
    const sent = ends[2]?.data.sent ?? 0;
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(300);
    expect(ends.at(-1)?.data.because).toMatch(/empty/);
  }, 120_000);

  it('tell how a run of a schedule ended, with the upload of the file that a terminal put into the bucket', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ringback-contact-file-'));
    const lines: string[] = [];
    const put = (...args: string[]) =>
      runContactFileCli(args, { print: (line) => lines.push(line), complain: (line) => lines.push(line) });
    await writeFile(join(folder, 'daily.csv'), file(5));
    const key = `files/${campaign}/daily/1.csv`;

    const codes = [
      await put(join(folder, 'daily.csv'), key, '--data', stack.dataDir),
      await put(join(folder, 'daily.csv'), key, '--data', folder),
      await put(key),
    ];
    const kept = await uploads.ask('PUT', `${campaign}/schedules/daily`, {
      expression: 'cron(0 9 * * ? *)',
      timeZone: 'America/New_York',
      source: { prefix: `files/${campaign}/daily/`, take: 'all-new' },
    });
    const asked = await uploads.ask('POST', `${campaign}/schedules/daily/run`);
    expect([kept.status, asked.status]).toEqual([201, 202]);
    const ended = await eventually(async () =>
      receiver.received.map(({ body }) => body).find((body) => body.includes('schedule-run.ended.v1')),
    );

    await rm(folder, { recursive: true });
    const { data } = ScheduleRunEndedSchema.parse(JSON.parse(ended));
    expect(codes).toEqual([0, 1, 2]);
    expect(lines[0]).toContain(key);
    expect(data).toMatchObject({ campaign, schedule: 'daily', run: { status: 'taken', files: [{ key }] } });
    const upload = data.run.files?.[0]?.upload ?? '';
    await told(upload, carried);
    expect(typesOf(upload)).toEqual(carried);
  }, 60_000);
});
