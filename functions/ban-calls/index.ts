import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoBanStore } from '../../src/adapters/dynamodb/ban-store.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);

export const handler = createHandler({
  ...createObservability('ban-calls'),
  bans: new DynamoBanStore(new DynamoDBClient(), env.SUPPRESSIONS_TABLE),
  clock: createSystemClock(env.CLOCK_OFFSET_MS),
});
