import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoCallStore } from '../../src/adapters/dynamodb/call-store.ts';
import { DynamoDialFacts } from '../../src/adapters/dynamodb/dial-facts.ts';
import { DynamoSlotCounts } from '../../src/adapters/dynamodb/slot-counts.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { reportUnreadable } from '../../src/adapters/lambda/report-unreadable.ts';
import { readBundledPolicy, readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const settings = readBundledSettings(import.meta.url);
const observability = createObservability('manage-callback');
const dynamo = new DynamoDBClient();
const tables = { calls: env.CALLS_TABLE, suppressions: env.SUPPRESSIONS_TABLE, counters: env.COUNTERS_TABLE };

export const handler = createHandler({
  ...observability,
  calls: new DynamoCallStore(dynamo, tables, settings.retention.callDays * 86_400_000),
  counts: new DynamoSlotCounts(dynamo, env.COUNTERS_TABLE),
  facts: new DynamoDialFacts(dynamo, tables, reportUnreadable(observability)),
  decide: readBundledPolicy(import.meta.url).decide,
  clock: createSystemClock(env.CLOCK_OFFSET_MS),
  settings,
});
