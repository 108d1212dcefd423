import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { sampleContacts } from '../../infra/cli/sample-contacts.ts';
import sample from '../../ringback.config.ts';
import { startUpload } from '../../src/campaigns/start-upload.ts';
import { filesOfCampaign } from '../../src/campaigns/upload-objects.ts';
import { defineConfig } from '../../src/settings/define-config.ts';
import type { SettingsInput } from '../../src/settings/schema.ts';
import { engineOfThisRun } from '../support/engines.ts';
import { eventually } from '../support/eventually.ts';
import { type HostedStack, startHostedStack } from '../support/hosted-stack.ts';
import { uploadStarter } from '../support/upload-starter.ts';
import { UploadStack, campaign } from '../support/upload-stack.ts';

const settings = defineConfig({
  ...(sample as SettingsInput),
  webex: { region: 'us1', requestsPerMinute: 3_000 },
  uploads: {
    campaigns: {
      ...(sample as SettingsInput).uploads?.campaigns,
      autumn: { basis: { type: 'consent', since: '2026-10-01' } },
    },
  },
});
const header = 'phone,time zone,customer id,opted in,first name,balance,renews on';
let count = 0;
/** So many rows with numbers that no other case uses. */
const rows = (some: number): string =>
  Array.from({ length: some }, () => {
    count += 1;
    return `+1646555${String(count).padStart(4, '0')},,N${count},2026-10-01,Ada,12.5,2027-01-15\n`;
  }).join('');
const file = (some: number): string => `${header}\n${rows(some)}`;

describe('contact files in the running stack', () => {
  let stack: HostedStack;
  let uploads: UploadStack;

  beforeAll(async () => {
    stack = await startHostedStack({ settings });
    const { api, webex, operatorToken } = stack.host.ready;
    uploads = new UploadStack({ api, webex, token: operatorToken });
  });
  beforeEach(() => stack.webex('DELETE', '/_faults'));
  afterAll(() => stack?.[Symbol.asyncDispose]());

  // DynamoDB Local becomes slower with each change of a table that has a stream: these take it minutes, and all cases after them.
  it.skipIf(engineOfThisRun() === 'dynamodb-local')(
    'brings the sample file of 5,000 rows to Webex: each row once, or in the report with its reason',
    async () => {
      const id = await uploads.send(sampleContacts(), { name: 'the sample' });

      const seen = await uploads.rest(id, { timeoutMs: 180_000 });
      const contacts = await uploads.listOf(id);
      const report = await uploads.report(id);

      expect(seen).toMatchObject({
        status: 'finished',
        name: 'the sample',
        rows: 5_000,
        accepted: 4_600,
        sent: 4_600,
        percent: 100,
      });
      expect(contacts).toHaveLength(4_600);
      expect(contacts.filter(({ invalid }) => invalid !== null)).toEqual([]);
      const sentRows = contacts.map(({ customerId }) => Number(customerId.slice(1)) + 2);
      const all = [...sentRows, ...report.map(({ row }) => row)].sort((one, other) => one - other);
      expect(all).toEqual(Array.from({ length: 5_000 }, (_, index) => index + 2));
    },
    240_000,
  );

  it('takes contacts in the request, the same ones once for one Idempotency-Key', async () => {
    const contacts = [
      { phone: '(303) 555-9001', 'customer id': 'J1', 'opted in': '2026-10-01', balance: 12.5 },
      { phone: 'nothing', 'customer id': 'J2', 'opted in': '2026-10-01' },
    ];
    const key = { 'idempotency-key': 'contacts-in-request' };

    const first = await uploads.ask('POST', `${campaign}/uploads`, { contacts }, key);
    const again = await uploads.ask('POST', `${campaign}/uploads`, { contacts }, key);
    const other = await uploads.ask('POST', `${campaign}/uploads`, { contacts: contacts.slice(1) }, key);
    const { id } = (await first.json()) as { id: string };
    const seen = await uploads.rest(id);

    expect([first.status, again.status, other.status]).toEqual([202, 202, 422]);
    expect(((await again.json()) as { id: string }).id).toBe(id);
    expect(first.headers.get('location')).toBe(`/v1/campaigns/${campaign}/uploads/${id}`);
    expect(seen).toMatchObject({ status: 'finished', rows: 2, accepted: 1, rejected: { 'number-not-understood': 1 } });
    expect(await uploads.listOf(id)).toMatchObject([{ phone: '+13035559001', customerId: 'J1' }]);
  });

  it('leaves out numbers that another upload sent to the campaign lately', async () => {
    const twice = file(30);
    const first = await uploads.send(twice);
    await uploads.rest(first);

    const seen = await uploads.rest(await uploads.send(twice));

    expect(seen).toMatchObject({ status: 'finished', accepted: 0, rejected: { 'duplicate-recent': 30 } });
  });

  it('sends each number once where two uploads of one file are planned side by side', async () => {
    const twice = file(200);

    const ids = await Promise.all([uploads.send(twice), uploads.send(twice)]);
    const seen = await Promise.all(ids.map((id) => uploads.rest(id)));
    const phones = (await Promise.all(ids.map((id) => uploads.listOf(id)))).flat().map(({ phone }) => phone);

    expect(seen.map(({ status }) => status)).toEqual(['finished', 'finished']);
    expect(phones).toHaveLength(200);
    expect(new Set(phones).size).toBe(200);
  });

  it('guesses the columns of a campaign without a mapping, asks, and does not ask again', async () => {
    const mapped = {
      campaigns: [
        ...((await stack.webex('GET', '/_settings')) as { campaigns: unknown[] }).campaigns,
        {
          id: 'autumn',
          fields: [
            { fieldName: 'mobile', type: 'Phone', role: 'phone' },
            { fieldName: 'name', type: 'String' },
          ],
        },
      ],
    };
    await stack.webex('PATCH', '/_settings', mapped);
    const id = await uploads.send('mobile;name\n+4420;x\n(415) 555-7001;Ada\n', {}, 'autumn');

    const asked = await uploads.rest(id, { campaignId: 'autumn' });
    expect(await uploads.lists()).not.toContainEqual(expect.objectContaining({ campaignId: 'autumn' }));
    const confirmed = await uploads.change(id, 'confirm', 'autumn');
    const seen = await uploads.rest(id, { until: ['finished', 'paused'], campaignId: 'autumn' });
    const next = await uploads.rest(await uploads.send('mobile;name\n(415) 555-7002;Bob\n', {}, 'autumn'), {
      campaignId: 'autumn',
    });

    expect(asked).toMatchObject({ status: 'unconfirmed', mapping: { number: 'mobile', name: 'name' } });
    expect(confirmed.status).toBe(200);
    expect(seen).toMatchObject({ status: 'finished' });
    expect(next.status).not.toBe('unconfirmed');
  });

  it('leaves a chunk uncertain whose answer was lost, until the count of the list settles it', async () => {
    await stack.webex('PUT', '/_faults', {
      rules: [{ operation: 'contactsAdd', effect: { timeoutAfterProcessing: true }, remaining: 1 }],
    });
    const id = await uploads.send(file(30));

    const doubted = await eventually(async () => {
      const seen = await uploads.progress(id);
      return (seen.uncertain ?? 0) > 0 && seen.sent === 20 && seen;
    }, 30_000);
    const seen = await uploads.rest(id, { timeoutMs: 60_000 });

    expect(doubted).toMatchObject({ status: 'pushing', uncertain: 10 });
    expect(seen).toMatchObject({ status: 'finished', sent: 30, uncertain: 0 });
    expect(await uploads.listOf(id)).toHaveLength(30);
  }, 90_000);

  it('sends again what the count proves absent', async () => {
    await stack.webex('PUT', '/_faults', {
      rules: [{ operation: 'contactsAdd', effect: { status: 503 }, remaining: 1 }],
    });
    const id = await uploads.send(file(30));

    const seen = await uploads.rest(id, { timeoutMs: 150_000 });

    expect(seen).toMatchObject({ status: 'finished', sent: 30, uncertain: 0 });
    expect(await uploads.listOf(id)).toHaveLength(30);
  }, 180_000);

  it('takes a failure in the body of a success for what it is, and pauses after five of them', async () => {
    await stack.webex('PUT', '/_faults', {
      rules: [
        {
          operation: 'contactsAdd',
          effect: { status: 202, body: { outcome: 'Failed', statusCode: 400, summary: 'The list is locked' } },
        },
      ],
    });
    const id = await uploads.send(file(100));

    const paused = await uploads.rest(id);
    const report = await uploads.report(id);
    await stack.webex('DELETE', '/_faults');
    const again = await uploads.change(id, 'send-refused');
    const seen = await uploads.rest(id, { until: ['finished'] });

    expect(paused).toMatchObject({ status: 'paused', because: expect.stringContaining('The list is locked') });
    expect(report.filter(({ code }) => code === 'refused-by-webex').length).toBeGreaterThanOrEqual(50);
    expect(again.status).toBe(200);
    expect(seen).toMatchObject({ sent: 100, refused: 0 });
    expect(await uploads.listOf(id)).toHaveLength(100);
  });

  it('pauses, resumes, and cancels with the list expired', async () => {
    await stack.webex('PUT', '/_faults', { rules: [{ operation: 'contactsAdd', effect: { delayMs: 300 } }] });
    const id = await uploads.send(file(1_000));
    await eventually(async () => ((await uploads.progress(id)).sent ?? 0) > 0, 30_000);

    const pause = await uploads.change(id, 'pause');
    const paused = await eventually(async () => {
      const one = await uploads.listOf(id);
      await sleep(3_000);
      const other = await uploads.listOf(id);
      return one.length === other.length && one.length;
    }, 30_000);
    const tooLate = await uploads.change(id, 'confirm');
    const resume = await uploads.change(id, 'resume');
    await eventually(async () => (await uploads.listOf(id)).length > paused, 60_000);
    const cancel = await uploads.change(id, 'cancel');
    const { list } = await uploads.progress(id);
    const listed = (await uploads.lists()).find((each) => each.id === list?.id);
    const sent = await uploads.listOf(id);
    await sleep(3_000);
    const report = await uploads.report(id);

    expect([pause.status, tooLate.status, resume.status, cancel.status]).toEqual([200, 409, 200, 200]);
    expect(paused).toBeLessThan(1_000);
    expect(listed?.status).toBe('Expired');
    expect(await uploads.listOf(id)).toHaveLength(sent.length);
    expect(report.filter(({ code }) => code === 'not-sent').length).toBeGreaterThan(0);
    expect(sent.length + report.length).toBeGreaterThanOrEqual(1_000);
    expect((await uploads.progress(id)).status).toBe('cancelled');
  }, 150_000);

  it('leaves out a number that is suppressed after the plan, and closes one that is suppressed after the sending', async () => {
    const [before, after] = ['+16465559901', '+16465559902'];
    const row = (phone: string, id: string) => `${phone},,${id},2026-10-01,Ada,12.5,2027-01-15\n`;
    const id = await uploads.send(`${header}\n${row(after, 'after')}${rows(30)}`);
    await uploads.rest(id);
    const suppress = (number: string) =>
      stack.asOperator('PUT', `/v1/suppressions/${encodeURIComponent(number)}`, { reason: 'asked on the phone' });

    await suppress(before);
    const listed = await uploads.rest(await uploads.send(`${header}\n${row(before, 'before')}${rows(5)}`));
    await suppress(after);
    const closed = await eventually(async () =>
      (await uploads.listOf(id)).find(({ customerId, closedAtMs }) => customerId === 'after' && closedAtMs !== null),
    );

    expect(listed).toMatchObject({ status: 'finished', accepted: 5, rejected: { 'listed-internal': 1 } });
    expect(closed.phone).toBe(after);
    expect((await uploads.listOf(id)).filter(({ closedAtMs }) => closedAtMs !== null)).toHaveLength(1);
  });

  it.each([
    ['an empty file', '', /empty/],
    ['a page', '<!doctype html><p>no', /HTML, not CSV/],
    ['the wrong header', 'name,number\nAda,4155550132\n', /has no column "phone"/],
    ['a header and no rows', `${header}\n`, /no rows/],
    ['bytes that are no text', Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 1, 2, 10, 0]), /not CSV/],
  ])('refuses %s with one sentence', async (_what, contents, sentence) => {
    const seen = await uploads.rest(await uploads.send(contents));

    expect(seen.status).toBe('refused');
    expect(seen.because).toMatch(sentence);
    expect(seen.because).toMatch(/^[A-Z].*\.$/);
  });

  it('refuses what no upload is, and what nobody may ask', async () => {
    const answers = await Promise.all([
      uploads.ask('GET', `${campaign}/uploads/0199a3c1-5f0e-7cc3-9d5b-6f1e0a7b8c9d`),
      uploads.ask('GET', `${campaign}/uploads/none`),
      uploads.ask('POST', 'no%20campaign/uploads', {}),
      uploads.ask('POST', `${campaign}/uploads`, { contacts: [] }),
      uploads.ask('POST', `${campaign}/uploads`, {}, { authorization: 'Bearer none' }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 422, 422, 401]);
  });

  it('plans a file of the campaign in the bucket once somebody asks for it, and once only', async () => {
    const key = `${filesOfCampaign(campaign)}week-12.csv`;
    const put = new PutObjectCommand({ Bucket: stack.output('ContactFiles'), Key: key, Body: file(10) });
    const { ETag: etag } = await stack.s3.send(put);
    const before = (await uploads.lists()).length;
    await sleep(1_000);
    const untouched = (await uploads.lists()).length;
    const deps = await uploadStarter(stack, settings);
    const command = { campaignId: campaign, by: 'schedule:weekly', idempotencyKey: 'weekly 12', source: { key, etag } };

    const [first, again] = [await startUpload(deps, command), await startUpload(deps, command)];
    if (!first.ok || !again.ok) throw new Error('It was not started.');
    const seen = await uploads.rest(first.value.id);
    const third = await startUpload(deps, command);

    expect(untouched).toBe(before);
    expect(again.value.id).toBe(first.value.id);
    expect(seen).toMatchObject({ status: 'finished', sent: 10 });
    expect(third).toMatchObject({ ok: true, value: { status: 'finished' } });
    expect((await uploads.lists()).length).toBe(before + 1);
  });

  it('refuses a file that was replaced before its plan, and one that is gone', async () => {
    const deps = await uploadStarter(stack, settings);
    const key = `${filesOfCampaign(campaign)}replaced.csv`;
    await stack.s3.send(new PutObjectCommand({ Bucket: stack.output('ContactFiles'), Key: key, Body: file(1) }));
    const command = { campaignId: campaign, by: 'schedule:weekly' };

    const [replaced, gone] = [
      await startUpload(deps, { ...command, source: { key, etag: '"00000000000000000000000000000000"' } }),
      await startUpload(deps, { ...command, source: { key: `${key}.gone` } }),
    ];
    if (!replaced.ok || !gone.ok) throw new Error('They were not started.');
    const seen = await Promise.all([replaced, gone].map(({ value }) => uploads.rest(value.id)));

    for (const { status, because } of seen) {
      expect(status).toBe('refused');
      expect(because).toMatch(/^The file is not there, or it was replaced/);
    }
  });
});
