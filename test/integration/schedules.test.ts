import { setTimeout as sleep } from 'node:timers/promises';
import { ListTablesCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { ListQueuesCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import {
  RunAskedSchema,
  ScheduleRunsSchema,
  type ScheduleRunView,
  ScheduleSchema,
  type ScheduleView,
  SchedulesSchema,
} from '../../events/campaign-schedule/schema.ts';
import { ScheduleRunEndedSchema } from '../../events/schedule-run-ended/schema.ts';
import { eventually } from '../support/eventually.ts';
import { heardQueue, hearing } from '../support/hearing.ts';
import { type HostedStack, startHostedStack } from '../support/hosted-stack.ts';

const campaign = 'spring-offers';
const folder = `files/${campaign}/`;
const minuteMs = 60_000;
/** More than all cases make. */
const listsMax = 20;

describe('schedules of a campaign in the running stack', () => {
  let stack: HostedStack;
  const heard: unknown[] = [];
  let numbers = 0;

  beforeAll(async () => {
    // Files are dated by the machine's clock, so the stack goes by it too.
    stack = await startHostedStack({ clock: 'real', transformTemplate: hearing('schedule-run.ended.v1') });
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  const path = (name: string, more = ''): string => `/v1/campaigns/${campaign}/schedules/${name}${more}`;
  const wanted = (name: string, more: object = {}) => ({
    expression: 'cron(0 3 1 1 ? *)',
    timeZone: 'America/New_York',
    source: { prefix: `${folder}${name}/`, take: 'all-new' },
    ...more,
  });
  const create = async (name: string, more: object = {}): Promise<ScheduleView> => {
    const response = await stack.asOperator('PUT', path(name), wanted(name, more));
    if (response.status !== 201) throw new Error(await response.text());
    return ScheduleSchema.parse(await response.json());
  };
  const read = async (name: string) => ScheduleSchema.parse(await (await stack.asOperator('GET', path(name))).json());
  const runs = async (name: string): Promise<ScheduleRunView[]> =>
    ScheduleRunsSchema.parse(await (await stack.asOperator('GET', path(name, '/runs'))).json()).runs;
  const run = (name: string, id: string, timeoutMs?: number): Promise<ScheduleRunView> =>
    eventually(async () => (await runs(name)).find((one) => one.id === id && one.status !== 'running'), timeoutMs);
  const runNow = async (name: string): Promise<ScheduleRunView> => {
    const response = await stack.asOperator('POST', path(name, '/run'));
    return run(name, RunAskedSchema.parse(await response.json()).run);
  };
  /** A file of contacts with numbers that no other file has. */
  const put = async (key: string, count: number): Promise<string[]> => {
    const since = new Date(Date.now() - 10 * 24 * 60 * minuteMs).toISOString().slice(0, 10);
    const own = Array.from({ length: count }, () => `+1415555${String(2_000 + (numbers += 1)).padStart(4, '0')}`);
    const rows = own.map((number) => `${number},America/Los_Angeles,C${number},${since},Ada,12.5,2027-01-01`);
    const Body = ['phone,time zone,customer id,opted in,first name,balance,renews on', ...rows].join('\n');
    await stack.s3.send(new PutObjectCommand({ Bucket: stack.output('ContactFiles'), Key: `${folder}${key}`, Body }));
    return own;
  };
  /** Every number that Webex has, in any list, as often as it has it. */
  const inWebex = async (): Promise<string[]> => {
    const lists = Array.from({ length: listsMax }, (_, index) => `/_contact-lists/${index + 1}/contacts`);
    const contacts = (await Promise.all(lists.map((list) => stack.webex('GET', list)))) as { phone: string }[][];
    return contacts.flat().map(({ phone }) => phone);
  };
  const arrived = (own: readonly string[], timeoutMs = 20_000): Promise<string[]> =>
    eventually(async () => {
      const there = (await inWebex()).filter((phone) => own.includes(phone));
      return there.length >= own.length && there;
    }, timeoutMs);
  const told = (status: string, name: string) =>
    eventually(async () => {
      const { Messages = [] } = await stack.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: `http://local/000000000000/${heardQueue}`, MaxNumberOfMessages: 10 }),
      );
      heard.push(...Messages.map(({ Body = '' }) => (JSON.parse(Body) as { detail: unknown }).detail));
      return heard
        .map((detail) => z.parse(ScheduleRunEndedSchema, detail))
        .find(({ data }) => data.schedule === name && data.run.status === status);
    });
  /** Delivers the message of a planned time, as EventBridge Scheduler may do more than once. */
  const deliver = async (
    { name, createdAt }: Pick<ScheduleView, 'name'> & Partial<ScheduleView>,
    plannedMs: number,
    timingMs = Math.floor(Date.parse(createdAt ?? '') / minuteMs) * minuteMs,
  ): Promise<void> => {
    const { QueueUrls = [] } = await stack.sqs.send(new ListQueuesCommand({}));
    const QueueUrl = QueueUrls.find((url) => url.includes('ScheduleRuns'));
    const message = { campaign, schedule: name, timingMs, plannedAt: new Date(plannedMs).toISOString() };
    await stack.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));
  };
  /** Has a schedule count from earlier, as one does that is older. */
  const backdate = async (name: string, sinceMs: number): Promise<void> => {
    const { TableNames = [] } = await stack.dynamo.send(new ListTablesCommand({}));
    await stack.dynamo.send(
      new UpdateItemCommand({
        TableName: TableNames.find((table) => table.includes('Campaigns')),
        Key: { pk: { S: `SCHEDULES#${campaign}` }, sk: { S: name } },
        UpdateExpression: 'SET timing.sinceMs = :since',
        ExpressionAttributeValues: { ':since': { N: String(sinceMs) } },
      }),
    );
  };
  const runAtMs = (plannedMs: number): string => new Date(plannedMs).toISOString();

  it('each minute take what is new once, and what a pause cost is told when it ends', {
    timeout: 150_000,
  }, async () => {
    const own = [...(await put('each-minute/a.csv', 12)), ...(await put('each-minute/b.csv', 3))];
    const byRate = await put('by-rate/c.csv', 2);
    await create('each-minute', { expression: 'cron(* * * * ? *)' });
    await create('by-rate', { expression: 'rate(1 minute)', activation: { at: '09:00' } });
    await create('paused', { expression: 'rate(1 minute)' });
    await stack.asOperator('POST', path('paused', '/pause'));
    const pausedAtMs = Date.now();
    const taken = await eventually(
      async () => (await runs('each-minute')).find(({ status }) => status === 'taken'),
      70_000,
    );
    const there = await arrived([...own, ...byRate], 60_000);
    const again = await runNow('each-minute');
    // It was paused for at least one of its times, also where the others' minute came right after their making.
    await sleep(Math.max(0, (Math.floor(pausedAtMs / minuteMs) + 1) * minuteMs + 100 - Date.now()));
    const resumed = await stack.asOperator('POST', path('paused', '/resume'));

    expect(there.toSorted()).toEqual([...own, ...byRate].toSorted());
    expect(taken.files).toHaveLength(2);
    expect(taken.plannedAt).toMatch(/:00\.000Z$/);
    expect(again).toMatchObject({ status: 'empty', files: [] });
    expect((await inWebex()).filter((phone) => own.includes(phone))).toHaveLength(own.length);
    expect((await told('empty', 'each-minute')).data.run.files).toEqual([]);
    expect(resumed.status).toBe(200);
    expect(await runs('paused')).toMatchObject([{ status: 'missed', because: 'The schedule was paused.' }]);
    expect((await told('missed', 'paused')).data.run.missed?.count).toBeGreaterThanOrEqual(1);
    await stack.asOperator('DELETE', path('each-minute'));
    await stack.asOperator('DELETE', path('by-rate'));
    await stack.asOperator('DELETE', path('paused'));
  });

  it('run when an operator asks, and take nothing twice', async () => {
    await create('on-demand');
    const own = await put('on-demand/a.csv', 4);

    const first = await runNow('on-demand');
    const second = await runNow('on-demand');
    const there = await arrived(own);

    expect(first).toMatchObject({ kind: 'asked', status: 'taken', askedBy: 'operator:local-operator' });
    expect(second).toMatchObject({ status: 'empty', files: [] });
    expect(there.toSorted()).toEqual(own);
    const upload = first.files[0]?.upload ?? '';
    const progress = (await (
      await stack.asOperator('GET', `/v1/campaigns/${campaign}/uploads/${upload}`)
    ).json()) as object;
    expect(progress).toMatchObject({ id: upload, campaign });
    expect((await read('on-demand')).lastRun?.id).toBe(second.id);
  });

  it('run once for a planned time, though its message comes three times', async () => {
    const schedule = await create('repeated');
    await put('repeated/a.csv', 1);
    const plannedMs = Math.floor(Date.now() / minuteMs) * minuteMs;

    await deliver(schedule, plannedMs);
    await deliver(schedule, plannedMs);
    const ended = await run('repeated', runAtMs(plannedMs));
    await put('repeated/b.csv', 1);
    await deliver(schedule, plannedMs);
    const next = await runNow('repeated');

    expect(ended).toMatchObject({ status: 'taken', files: [{ key: `${folder}repeated/a.csv` }] });
    expect(next.files).toMatchObject([{ key: `${folder}repeated/b.csv` }]);
    expect(await run('repeated', runAtMs(plannedMs))).toEqual(ended);
  });

  it('do not share a file, and know it after they were deleted and made again', async () => {
    await create('first', { source: { prefix: `${folder}shared/`, take: 'all-new' } });
    await create('second', { source: { prefix: `${folder}shared/`, take: 'newest' } });
    await put('shared/a.csv', 1);

    const taken = await runNow('first');
    const others = await runNow('second');
    await stack.asOperator('DELETE', path('first'));
    await create('first', { source: { prefix: `${folder}shared/`, take: 'all-new' } });
    const again = await runNow('first');

    expect([taken.status, others.status, again.status]).toEqual(['taken', 'empty', 'empty']);
  });

  it('tell a run that comes too late as missed, and leave its file to the next one', async () => {
    const schedule = await create('late');
    await put('late/a.csv', 1);
    const plannedMs = Math.floor(Date.now() / minuteMs) * minuteMs - 61 * minuteMs;

    await deliver(schedule, plannedMs);
    const missed = await run('late', runAtMs(plannedMs));
    const next = await runNow('late');

    expect(missed).toMatchObject({ status: 'missed', files: [], because: expect.stringMatching(/60 minutes late/) });
    expect((await told('missed', 'late')).data.run.id).toBe(missed.id);
    expect(next.status).toBe('taken');
  });

  it('tell in one record what nothing has started', async () => {
    const { createdAt } = await create('lost', { expression: 'rate(1 minute)' });
    const sinceMs = Math.floor(Date.parse(createdAt) / minuteMs) * minuteMs - 30 * minuteMs;
    await backdate('lost', sinceMs);

    await deliver({ name: 'lost' }, sinceMs + 30 * minuteMs, sinceMs);
    const ended = await run('lost', runAtMs(sinceMs + 30 * minuteMs));
    const missed = (await runs('lost')).find(({ status }) => status === 'missed');
    await stack.asOperator('DELETE', path('lost'));

    expect(ended.status).toBe('empty');
    expect(missed).toMatchObject({ because: 'Nothing started a run at this time.' });
    expect(missed?.missed).toEqual({ count: expect.any(Number), since: runAtMs(sinceMs + minuteMs) });
    expect(missed?.missed?.count).toBeGreaterThanOrEqual(24);
    expect((await told('missed', 'lost')).data.run).toEqual(missed);
  });

  it('do nothing while they are paused, and nothing once they are deleted', async () => {
    const schedule = await create('stopped');
    await put('stopped/a.csv', 1);
    const plannedMs = Math.floor(Date.now() / minuteMs) * minuteMs;

    const paused = await stack.asOperator('POST', path('stopped', '/pause'));
    await deliver(schedule, plannedMs);
    const missed = await run('stopped', runAtMs(plannedMs));
    const deleted = await stack.asOperator('DELETE', path('stopped'));
    await deliver(schedule, plannedMs + minuteMs);

    expect(ScheduleSchema.parse(await paused.json())).toMatchObject({ enabled: false, inForce: true, nextRuns: [] });
    expect(missed).toMatchObject({ status: 'missed', because: 'The schedule was paused.', files: [] });
    expect(deleted.status).toBe(204);
    expect((await stack.asOperator('GET', path('stopped'))).status).toBe(404);
    expect((await stack.asOperator('DELETE', path('stopped'))).status).toBe(404);
    expect((await stack.asOperator('POST', path('stopped', '/run'))).status).toBe(404);
    expect(await runs('stopped')).toHaveLength(1);
  });

  it('are changed only by who has seen their last version', async () => {
    const { version } = await create('versions');
    const ifMatch = async (etag: string | undefined, more: object) => {
      const response = await fetch(`${stack.host.ready.api}${path('versions')}`, {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${stack.host.ready.operatorToken}`,
          'content-type': 'application/json',
          ...(etag !== undefined && { 'if-match': etag }),
        },
        body: JSON.stringify(wanted('versions', more)),
      });
      const { code } = (await response.json()) as { code?: string };
      return [response.status, response.headers.get('etag') ?? code];
    };
    const sooner = { expression: 'rate(2 hours)' };

    const answers = [
      await ifMatch(undefined, {}),
      await ifMatch(undefined, sooner),
      await ifMatch('"7"', sooner),
      await ifMatch('seven', sooner),
      await ifMatch(`"${version}"`, sooner),
      await ifMatch(`"${version}"`, { expression: 'rate(3 hours)' }),
    ];

    expect(answers).toEqual([
      [200, '"1"'],
      [428, 'version-needed'],
      [412, 'version-changed'],
      [422, 'invalid-request'],
      [200, '"2"'],
      [412, 'version-changed'],
    ]);
    expect(await read('versions')).toMatchObject({ expression: 'rate(2 hours)', inForce: true });
  });

  it.each([
    [{ expression: 'cron(0 9 * * MON *)' }, '/expression'],
    [{ expression: '0 9 * * *' }, '/expression'],
    [{ timeZone: 'Pacific' }, '/timeZone'],
    [{ source: { prefix: 'files/other-campaign/', take: 'newest' } }, '/source/prefix'],
    [{ source: { prefix: 'plans/', take: 'newest' } }, '/source/prefix'],
    [{ activation: { lagMinutes: -1 } }, '/activation/lagMinutes'],
    [{ activation: { lagMinutes: 1, at: '09:00' } }, '/activation'],
  ])('are refused with %j', async (more, pointer) => {
    const response = await stack.asOperator('PUT', path('refused'), wanted('refused', more));

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: 'invalid-request', errors: [{ pointer }] });
  });

  it('are listed by name, page by page, and their runs with the newest first', async () => {
    for (const name of ['page-b', 'page-a']) await create(name);
    const ids = [(await runNow('page-a')).id, (await runNow('page-a')).id];
    const page = async (query: string) =>
      SchedulesSchema.parse(
        await (await stack.asOperator('GET', `/v1/campaigns/${campaign}/schedules?${query}`)).json(),
      );

    const [first, second] = [await page('limit=1&after=on-demand'), await page('limit=1&after=page-a')];
    const newest = ScheduleRunsSchema.parse(
      await (await stack.asOperator('GET', path('page-a', '/runs?limit=1'))).json(),
    );
    const older = ScheduleRunsSchema.parse(
      await (await stack.asOperator('GET', path('page-a', `/runs?limit=5&before=${newest.next}`))).json(),
    );

    expect([first.schedules[0]?.name, first.next, second.schedules[0]?.name]).toEqual(['page-a', 'page-a', 'page-b']);
    expect(newest).toMatchObject({ runs: [{ id: ids[1] }], next: ids[1] });
    expect(older.runs.map(({ id }) => id)).toEqual([ids[0]]);
    expect(older.next).toBeUndefined();
    expect((await stack.asOperator('GET', path('page-a', '/runs?limit=0'))).status).toBe(422);
    expect((await stack.asOperator('GET', path('nobody', '/runs'))).status).toBe(404);
  });
});
