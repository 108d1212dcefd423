import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { sampleContacts } from '../../infra/cli/sample-contacts.ts';
import { planUpload } from '../../src/campaigns/plan-upload.ts';
import { startUpload } from '../../src/campaigns/start-upload.ts';
import { campaignSettings } from '../../src/campaigns/upload-settings.ts';
import { filesOfCampaign, plansPrefix } from '../../src/campaigns/upload-objects.ts';
import { createTable } from '../../src/policy/create-decide.ts';
import { eventually } from '../support/eventually.ts';
import { type HostedStack, noonMs, startHostedStack } from '../support/hosted-stack.ts';
import { splitSettings as settings } from '../support/split-settings.ts';
import { uploadStarter } from '../support/upload-starter.ts';
import { UploadStack, campaign } from '../support/upload-stack.ts';

const contacts = sampleContacts();

describe('large contact files in the running stack', () => {
  let stack: HostedStack;
  let uploads: UploadStack;

  beforeAll(async () => {
    stack = await startHostedStack({ settings });
    const { api, webex, operatorToken } = stack.host.ready;
    uploads = new UploadStack({ api, webex, token: operatorToken });
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  const object = async (key: string): Promise<string> => {
    const { Body } = await stack.s3.send(new GetObjectCommand({ Bucket: stack.output('ContactFiles'), Key: key }));
    return (await Body?.transformToString()) ?? '';
  };

  it('plans 5,000 rows in parts as in one pass, and brings each to Webex or into the report', async () => {
    const id = await uploads.send(contacts);
    const seen = await uploads.rest(id, { timeoutMs: 240_000 });
    const listed = await uploads.listOf(id);
    const report = await uploads.report(id);

    const whole = await planInOnePass(contacts);
    const { Contents = [] } = await stack.s3.send(
      new ListObjectsV2Command({ Bucket: stack.output('ContactFiles'), Prefix: `splits/${id}/planned/` }),
    );
    expect(Contents.filter(({ Key }) => Key?.endsWith('.csv')).length).toBeGreaterThan(4);
    expect(seen).toMatchObject({ status: 'finished', rows: 5_000, accepted: 4_600, sent: 4_600, percent: 100 });
    expect(seen.rejected).toEqual(whole.rejected);
    expect(await object(`${plansPrefix}${id}/000000.jsonl`)).toBe(whole.blocks[0]);
    expect(await object(`${plansPrefix}${id}/rejects.csv`)).toBe(whole.report);
    const sentRows = listed.map(({ customerId }) => Number(customerId.slice(1)) + 2);
    const all = [...sentRows, ...report.map(({ row }) => row)].sort((one, other) => one - other);
    expect(all).toEqual(Array.from({ length: 5_000 }, (_, index) => index + 2));
  }, 300_000);

  it('plans a file of a campaign in parts that lies in the bucket already', async () => {
    const key = `${filesOfCampaign(campaign)}large.csv`;
    const deps = await uploadStarter(stack, settings);
    await stack.s3.send(
      new PutObjectCommand({ Bucket: stack.output('ContactFiles'), Key: key, Body: contacts.repeat(2) }),
    );

    const started = await startUpload(deps, { campaignId: campaign, by: 'schedule:nightly', source: { key } });
    const id = started.ok ? started.value.id : '';
    await eventually(async () => (await uploads.progress(id)).rows === 10_001, 120_000);
    const seen = await uploads.rest(id, { timeoutMs: 120_000 });

    // All of its numbers were sent by the upload before; its second header is a row without a number.
    expect(seen).toMatchObject({ status: 'finished', rows: 10_001, accepted: 0 });
    expect(seen.rejected?.['duplicate-recent']).toBe(4_600);
    expect(seen.rejected?.['duplicate-in-file']).toBeGreaterThan(4_600);
  }, 300_000);

  it('ends a file without a plan that is cancelled while it is planned', async () => {
    const id = await uploads.send(sampleContacts(20_000).replaceAll('555-', '556-'));
    await eventually(async () => ((await uploads.progress(id)).percent ?? 0) >= 10, 60_000);

    const cancelled = await uploads.change(id, 'cancel');

    expect(cancelled.status).toBe(200);
    await eventually(async () => executionOf(stack.dataDir, id) === 'SUCCEEDED', 60_000);
    const { Contents = [] } = await stack.s3.send(
      new ListObjectsV2Command({ Bucket: stack.output('ContactFiles'), Prefix: `${plansPrefix}${id}/` }),
    );
    expect(Contents).toEqual([]);
    expect(await uploads.progress(id)).toMatchObject({ status: 'cancelled' });
  }, 120_000);

  it('asks the gate under the roles of the template, and is refused nothing', () => {
    const usage = Object.entries(stack.host.usage()).filter(([name]) => /PlanPart|SplitPlans/.test(name));
    const unused = usage.flatMap(([, { granted }]) => granted.filter((use) => use.used === 0));

    expect(usage.flatMap(([, { denied }]) => denied)).toEqual([]);
    // The roles say why each of these is used rarely.
    expect([...new Set(unused.map(({ statement }) => statement))].toSorted()).toEqual(
      ['GiveUpParts', 'GiveUpReport', 'TellMissingFiles', 'WatchMaps'].toSorted(),
    );
  });

  it('refuses a file whose columns are missing', async () => {
    const id = await uploads.send(contacts.replace('phone', 'number'));

    const seen = await uploads.rest(id);

    expect(seen).toMatchObject({ status: 'refused', because: expect.stringContaining('"phone"') });
  });
});

/** What the stand-in for Step Functions has on disk. */
function executionOf(dataDir: string, name: string): unknown {
  const database = new DatabaseSync(join(dataDir, 'engines', 'step-functions.db'), { readOnly: true });
  try {
    return database.prepare('SELECT status FROM executions WHERE name = ?').get(name)?.['status'];
  } finally {
    database.close();
  }
}

/** With the settings of the stack, and nothing on its lists. */
async function planInOnePass(text: string) {
  const blocks: string[] = [];
  let report = '';
  async function* chunks() {
    yield Buffer.from(text);
  }
  const none = async () => new Set<string>();
  const { rejected } = await planUpload(
    {
      lists: { internal: none, uploadedLately: none, attempts: async () => new Map(), registries: {} },
      sink: {
        writeBlock: async (block, lines) => void (blocks[block] = Buffer.from(lines).toString()),
        report: async (piece) => void (report += piece),
      },
      table: createTable(settings.policy),
      bans: [],
    },
    {
      chunks: chunks(),
      campaign: {
        ...campaignSettings(settings.uploads, campaign),
        countries: campaignSettings(settings.uploads, campaign).countries ?? [...settings.countries],
      },
      nowMs: noonMs,
    },
  );
  return { rejected, blocks, report };
}
