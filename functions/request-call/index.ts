import { v7 as uuid } from 'uuid';
import { batchGetOf, joinedBatchGet } from '../../src/adapters/dynamodb/batch-get.ts';
import { DynamoCallStore } from '../../src/adapters/dynamodb/call-store.ts';
import { createDynamoClient } from '../../src/adapters/dynamodb/client.ts';
import { DynamoDialFacts } from '../../src/adapters/dynamodb/dial-facts.ts';
import { DynamoRequestCounters } from '../../src/adapters/dynamodb/request-counters.ts';
import { DynamoSlotCounts } from '../../src/adapters/dynamodb/slot-counts.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { reportUnreadable } from '../../src/adapters/lambda/report-unreadable.ts';
import { createScreenObserver } from '../../src/adapters/lambda/screen-observer.ts';
import { readBundledPolicy, readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { createScreen } from '../../src/screen/create-screen.ts';
import { secretKeptMs } from '../../src/screen/secret.ts';
import { lazily, remembered } from '../../src/shared/remembered.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const settings = readBundledSettings(import.meta.url);
const observability = createObservability('request-call');
const dynamo = createDynamoClient();
const tables = { calls: env.CALLS_TABLE, suppressions: env.SUPPRESSIONS_TABLE, counters: env.COUNTERS_TABLE };
const clock = createSystemClock(env.CLOCK_OFFSET_MS);
const calls = new DynamoCallStore(dynamo, tables, settings.retention.callDays * 86_400_000);
// The facts of the verdict and the counters of the screen are read in one request.
const batchGet = joinedBatchGet(batchGetOf(dynamo));
// Loaded when the first challenge is checked, or the first request refused: nothing of it is needed to take a call.
const secret = remembered(
  async () => {
    const { readSecretText } = await import('../../src/adapters/secrets/secret-text.ts');
    return readSecretText(env.SCREEN_SECRET_ARN);
  },
  secretKeptMs,
  () => clock.nowMs(),
);

const proofs = lazily(async () => new (await import('../../src/adapters/altcha/proofs.ts')).AltchaProofs(secret));
const blocks = lazily(async () => {
  const { DynamoBlockRecords } = await import('../../src/adapters/dynamodb/block-records.ts');
  return new DynamoBlockRecords(dynamo, tables.counters);
});

export const handler = createHandler({
  ...observability,
  calls,
  idempotency: calls,
  counts: new DynamoSlotCounts(dynamo, env.COUNTERS_TABLE),
  facts: new DynamoDialFacts(dynamo, tables, reportUnreadable(observability), batchGet),
  decide: readBundledPolicy(import.meta.url).decide,
  clock,
  newId: uuid,
  settings,
  secret,
  screen: createScreen(settings, {
    counters: new DynamoRequestCounters(batchGet, tables.counters),
    proofs: { verify: async (proof, nowMs) => (await proofs()).verify(proof, nowMs) },
    blocks: { note: async (block, atMs) => (await blocks()).note(block, atMs) },
    observer: createScreenObserver(observability),
    random: Math.random,
  }),
});
