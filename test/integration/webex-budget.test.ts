import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DynamoEngine, startDynamo } from '../../infra/local/engines/dynamo.ts';
import { DynamoBucketStore } from '../../src/adapters/dynamodb/bucket-store.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { bucketRules } from '../../src/budget/bucket.ts';
import type { BucketState } from '../../src/budget/ports.ts';
import { SharedBudget } from '../../src/budget/shared-budget.ts';
import { engineOfThisRun } from '../support/engines.ts';

const STATE: BucketState = { emptyAtMs: 1_795_193_954_537.123, pausedUntilMs: 0, shareTakenAtMs: 12, version: 1 };
let folder: string;
let engine: DynamoEngine;
let client: DynamoDBClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringback-budget-'));
  engine = await startDynamo({ engine: engineOfThisRun(), dataDir: join(folder, 'dynamo') });
  client = new DynamoDBClient({
    endpoint: engine.url.href,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await client.send(
    new CreateTableCommand({
      TableName: 'Counters',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    }),
  );
});
afterAll(async () => {
  client.destroy();
  await engine.close();
  await rm(folder, { recursive: true });
});

const storeOf = (name: string) => new DynamoBucketStore(client, 'Counters', name);

test('a bucket is read as it was written', async () => {
  const store = storeOf('round-trip');

  expect(await store.read()).toBeUndefined();
  expect(await store.replace(undefined, STATE)).toBe('written');
  expect(await store.read()).toEqual(STATE);
});

test('who comes second is told the bucket as it is', async () => {
  const store = storeOf('second');
  await store.replace(undefined, STATE);

  expect(await store.replace(undefined, { ...STATE, version: 9 })).toEqual({ now: STATE });
  expect(await store.replace({ ...STATE, version: 0 }, { ...STATE, version: 9 })).toEqual({ now: STATE });
  expect(await store.replace(STATE, { ...STATE, version: 2 })).toBe('written');
});

test('fifty workers at once get no more than the burst and what time has refilled', async () => {
  const clock = createSystemClock();
  const rules = bucketRules(600);
  const startedMs = clock.nowMs();
  const workers = Array.from({ length: 50 }, () => new SharedBudget({ store: storeOf('fifty'), clock, rules }));

  const taken = await Promise.all(workers.map((worker) => worker.take('callbacks', 500)));

  const refilled = (clock.nowMs() - startedMs + 500) / rules.intervalMs;
  const granted = taken.filter((outcome) => outcome === 'granted').length;
  expect(granted).toBeGreaterThanOrEqual(rules.burst + 4);
  expect(granted).toBeLessThanOrEqual(rules.burst + refilled + 1);
});

test('a pause that one worker saw holds for the others', async () => {
  const clock = createSystemClock();
  const rules = bucketRules(300);
  const [one, other] = [
    new SharedBudget({ store: storeOf('pause'), clock, rules }),
    new SharedBudget({ store: storeOf('pause'), clock, rules }),
  ];

  await one.pauseUntil(clock.nowMs() + 60_000, '429');

  expect(await other.take('callbacks', 1_000)).not.toBe('granted');
});
