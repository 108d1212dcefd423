import * as z from 'zod/mini';
import { clockOffset, required } from '../../src/adapters/lambda/env.ts';

export const EnvSchema = z.object({
  CALLS_TABLE: required,
  SUPPRESSIONS_TABLE: required,
  COUNTERS_TABLE: required,
  DISPATCH_QUEUE_URL: required,
  DISPATCH_QUEUE_ARN: required,
  TIMER_GROUP: required,
  TIMER_ROLE_ARN: required,
  CLOCK_OFFSET_MS: clockOffset,
});
