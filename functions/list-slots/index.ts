import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoSlotCounts } from '../../src/adapters/dynamodb/slot-counts.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { readBundledPolicy, readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { linesWithSlots } from '../../src/slots/lines-with-slots.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const settings = readBundledSettings(import.meta.url);

export const handler = createHandler({
  ...createObservability('list-slots'),
  lines: linesWithSlots(settings.lines),
  counts: new DynamoSlotCounts(new DynamoDBClient(), env.COUNTERS_TABLE),
  decide: readBundledPolicy(import.meta.url).decide,
  clock: createSystemClock(env.CLOCK_OFFSET_MS),
});
