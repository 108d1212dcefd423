import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoCallStore } from '../../src/adapters/dynamodb/call-store.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const settings = readBundledSettings(import.meta.url);
const tables = { calls: env.CALLS_TABLE, suppressions: env.SUPPRESSIONS_TABLE, counters: env.COUNTERS_TABLE };

export const handler = createHandler({
  ...createObservability('read-call'),
  calls: new DynamoCallStore(new DynamoDBClient(), tables, settings.retention.callDays * 86_400_000),
  clock: createSystemClock(env.CLOCK_OFFSET_MS),
});
