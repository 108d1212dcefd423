import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DynamoEngine, startDynamo } from '../../infra/local/engines/dynamo.ts';
import { DynamoTakings } from '../../src/adapters/dynamodb/file-takings.ts';
import { DynamoRunStore } from '../../src/adapters/dynamodb/schedule-run-store.ts';
import { DynamoScheduleStore } from '../../src/adapters/dynamodb/schedule-store.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import type { ContactFile, Taking } from '../../src/campaigns/schedules/ports.ts';
import { type RunScheduleDeps, runSchedule } from '../../src/campaigns/schedules/run-schedule.ts';
import { type CampaignSchedule, type ScheduleRun, runId } from '../../src/campaigns/schedules/schedule.ts';
import { enginesHere } from '../support/engines.ts';

const minuteMs = 60_000;
const nowMs = Date.parse('2026-11-23T14:00:00Z');
const table = 'Campaigns';

const scheduleOf = (name: string, more: Partial<CampaignSchedule> = {}): CampaignSchedule => ({
  campaignId: 'spring-offers',
  name,
  timing: { expression: 'rate(1 minute)', timeZone: 'America/New_York', sinceMs: nowMs },
  source: { prefix: 'files/spring-offers/', take: 'all-new' },
  activation: { at: '09:30' },
  mapping: { number: 'phone', fields: { Phone: { column: 'phone', type: 'Phone', required: true } } },
  enabled: true,
  enabledSinceMs: nowMs,
  createdAtMs: nowMs,
  changedAtMs: nowMs,
  changedBy: 'operator:ada',
  version: 1,
  ...more,
});
const runOf = (scheduleName: string, plannedMs: number, more: Partial<ScheduleRun> = {}): ScheduleRun => ({
  campaignId: 'spring-offers',
  scheduleName,
  id: runId(plannedMs, more.kind ?? 'planned'),
  kind: 'planned',
  plannedMs,
  status: 'empty',
  files: [],
  isTold: true,
  version: 1,
  ...more,
});
const fileOf = (name: string, etag = '"1"'): ContactFile => ({
  key: `files/spring-offers/${name}`,
  etag,
  modifiedMs: nowMs,
});
const takingOf = (file: ContactFile, more: Partial<Taking> = {}): Taking => ({
  file,
  scheduleName: 'mornings',
  runId: runId(nowMs, 'planned'),
  takenMs: nowMs,
  order: { campaignId: 'spring-offers', by: 'schedule:mornings', name: 'a', activationLagMinutes: 30 },
  ...more,
});

describe.each(enginesHere())('what schedules keep, on %s', (engineName) => {
  let folder: string;
  let engine: DynamoEngine;
  let client: DynamoDBClient;
  let schedules: DynamoScheduleStore;
  let runs: DynamoRunStore;
  let takings: DynamoTakings;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ringback-schedules-'));
    engine = await startDynamo({ engine: engineName, dataDir: join(folder, 'dynamo') });
    client = new DynamoDBClient({
      endpoint: engine.url.href,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    await client.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
      }),
    );
    schedules = new DynamoScheduleStore(client, table);
    runs = new DynamoRunStore(client, table);
    takings = new DynamoTakings(client, table, createSystemClock());
  });
  afterAll(async () => {
    client.destroy();
    await engine.close();
    await rm(folder, { recursive: true });
  });

  it('a schedule is read as it was written, and written over only by the next version', async () => {
    const first = scheduleOf('round-trip');
    const second = { ...scheduleOf('round-trip', { enabled: false, version: 2 }), mapping: undefined };

    expect(await schedules.read(first)).toBeUndefined();
    expect(await schedules.write(first)).toBe('written');
    expect(await schedules.read(first)).toEqual({ schedule: first, timedVersion: 0 });
    expect(await schedules.write(first)).toBe('conflict');
    expect(await schedules.write({ ...second, version: 3 })).toBe('conflict');
    await schedules.markTimed(first, 1);
    expect(await schedules.write(second)).toBe('written');
    await schedules.markTimed(first, 1);
    expect(await schedules.read(first)).toMatchObject({ schedule: { enabled: false, version: 2 }, timedVersion: 1 });
    expect(await schedules.remove(first, 1)).toBe('conflict');
    expect(await schedules.remove(first, 2)).toBe('removed');
    await schedules.markTimed(first, 2);
    expect(await schedules.read(first)).toBeUndefined();
  });

  it('schedules are listed by campaign and name', async () => {
    for (const name of ['c', 'a', 'b']) await schedules.write(scheduleOf(name, { campaignId: 'listed' }));
    await schedules.write(scheduleOf('d', { campaignId: 'listed-too' }));

    const first = await schedules.list('listed', { limit: 2 });
    const second = await schedules.list('listed', { limit: 2, after: first.next });

    expect(first.schedules.map(({ schedule }) => schedule.name)).toEqual(['a', 'b']);
    expect(second.schedules.map(({ schedule }) => schedule.name)).toEqual(['c']);
    expect(second.next).toBeUndefined();
  });

  it('runs are kept by their times, with what was asked for between them', async () => {
    const key = { campaignId: 'spring-offers', name: 'history' };
    const kept = [
      runOf('history', nowMs),
      runOf('history', nowMs + 1, { kind: 'asked', askedBy: 'operator:ada' }),
      runOf('history', nowMs + minuteMs, {
        missed: { count: 2, sinceMs: nowMs },
        files: [{ key: 'a', uploadId: 'b' }],
      }),
      runOf('history', nowMs + 2 * minuteMs, { kind: 'asked' }),
    ];
    for (const run of kept) expect(await runs.write(run)).toBe('written');

    const newest = await runs.list(key, { limit: 3 });

    expect(await runs.write(runOf('history', nowMs))).toBe('conflict');
    expect(newest.runs).toEqual(kept.slice(1).toReversed());
    expect((await runs.list(key, { limit: 3, before: newest.next })).runs).toEqual([kept[0]]);
    expect(await runs.between(key, nowMs, nowMs + 2 * minuteMs, 10)).toEqual(kept.slice(1));
    expect(await runs.between(key, nowMs - 1, nowMs + minuteMs, 2)).toEqual(kept.slice(0, 2));
    expect(await runs.between({ ...key, name: 'none' }, 0, nowMs, 10)).toEqual([]);
  });

  it('what is accounted for never moves back', async () => {
    const key = { campaignId: 'spring-offers', name: 'accounts' };

    expect(await runs.readAccountedUntil(key)).toBeUndefined();
    for (const untilMs of [nowMs, nowMs + 5, nowMs + 2]) await runs.setAccountedUntil(key, untilMs);

    expect(await runs.readAccountedUntil(key)).toBe(nowMs + 5);
  });

  it('a file is claimed once, and a claim that broke off only by who saw it so', async () => {
    const file = fileOf('claimed.csv');
    const first = takingOf(file);
    const second = takingOf(file, { runId: 'later', takenMs: nowMs + 1 });

    expect(await takings.claim('spring-offers', first)).toBe('claimed');
    expect(await takings.claim('spring-offers', second)).toBe('taken-by-another');
    expect(await takings.claim('spring-offers', second, first)).toBe('claimed');
    expect(await takings.claim('spring-offers', takingOf(file, { runId: 'third' }), first)).toBe('taken-by-another');
    await takings.settle('spring-offers', { ...second, uploadId: 'upload-1' });
    expect(await takings.claim('spring-offers', first, second)).toBe('taken-by-another');
    expect(await takings.claim('another-campaign', first)).toBe('claimed');
    expect(await takings.claim('spring-offers', takingOf(fileOf('claimed.csv', '"2"')))).toBe('claimed');
    expect(await takings.read('spring-offers', [fileOf('unknown.csv'), file])).toEqual([
      undefined,
      { ...second, uploadId: 'upload-1' },
    ]);
  });

  it('of 250 files those that were taken are found', async () => {
    const files = Array.from({ length: 250 }, (_, index) => fileOf(`many-${index}.csv`));
    for (const file of files.filter((_, index) => index % 50 === 0))
      await takings.claim('spring-offers', takingOf(file));

    const found = await takings.read('spring-offers', files);

    expect(found.flatMap((taking, index) => (taking ? [index] : []))).toEqual([0, 50, 100, 150, 200]);
  });

  it('eight runs at the same time, and one more for what they left, give each of thirty files to one upload', async () => {
    const schedule = scheduleOf('crowd', { campaignId: 'crowded' });
    await schedules.write(schedule);
    const started: string[] = [];
    const deps: RunScheduleDeps = {
      schedules,
      runs,
      takings,
      files: { list: async () => Array.from({ length: 30 }, (_, index) => fileOf(`${index}.csv`)) },
      uploads: {
        start: async ({ key }) => {
          started.push(key);
          return { ok: true, value: { id: `upload-of-${key}` } };
        },
      },
      bus: { runEnded: async () => undefined },
      onEnded: () => undefined,
      clock: { nowMs: () => nowMs + 5 * minuteMs },
      organizationId: 'org',
    };
    const plannedAt = (minute: number) => new Date(nowMs + minute * minuteMs).toISOString();
    const message = { campaign: 'crowded', schedule: 'crowd', timingMs: nowMs } as const;

    // Each planned time twice, as EventBridge and the queue may deliver it.
    const outcomes = await Promise.allSettled(
      [2, 3, 4, 5, 2, 3, 4, 5].map((minute) => runSchedule(deps, { ...message, plannedAt: plannedAt(minute) })),
    );

    const together = started.length;
    await runSchedule(deps, { ...message, plannedAt: plannedAt(6) });

    expect(together).toBeGreaterThanOrEqual(20);
    expect(started).toHaveLength(30);
    expect(new Set(started).size).toBe(30);
    const history = (await runs.list({ campaignId: 'crowded', name: 'crowd' }, { limit: 50 })).runs;
    const tookAFile = history.flatMap(({ files }) => files.map(({ key }) => key));
    expect(new Set(tookAFile).size).toBe(30);
    expect(tookAFile).toHaveLength(30);
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(4);
  });
});
