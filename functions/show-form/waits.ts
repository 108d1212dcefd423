import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { z } from 'zod/mini';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { createWebexWaits } from '../../src/adapters/lambda/webex-waits.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import type { Settings } from '../../src/settings/schema.ts';
import type { WaitEstimates } from '../../src/waits/estimate-wait.ts';
import type { EnvSchema } from './env.ts';

export const createWaits = (
  env: z.output<typeof EnvSchema>,
  settings: Settings,
  observability: Observability,
): WaitEstimates =>
  createWebexWaits({
    env,
    settings,
    dynamo: new DynamoDBClient(),
    observability,
    clock: createSystemClock(env.CLOCK_OFFSET_MS),
  });
