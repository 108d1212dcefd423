import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoBlockStore } from '../../src/adapters/dynamodb/block-store.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);

export const handler = createHandler({
  ...createObservability('manage-blocks'),
  blocks: new DynamoBlockStore(new DynamoDBClient(), env.COUNTERS_TABLE),
  clock: createSystemClock(env.CLOCK_OFFSET_MS),
});
