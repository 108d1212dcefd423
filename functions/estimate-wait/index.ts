import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { createWebexWaits } from '../../src/adapters/lambda/webex-waits.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const settings = readBundledSettings(import.meta.url);
const observability = createObservability('estimate-wait');
const clock = createSystemClock(env.CLOCK_OFFSET_MS);

export const handler = createHandler({
  ...observability,
  lines: settings.lines,
  waits: createWebexWaits({ env, settings, dynamo: new DynamoDBClient(), observability, clock }),
});
