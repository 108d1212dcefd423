import * as z from 'zod/mini';
import { clockOffset, required } from '../../src/adapters/lambda/env.ts';

export const EnvSchema = z.object({
  CAMPAIGNS_TABLE: required,
  RUN_QUEUE_URL: required,
  RUN_QUEUE_ARN: required,
  DEAD_LETTERS_ARN: required,
  SCHEDULE_GROUP: required,
  SCHEDULE_ROLE_ARN: required,
  EVENT_BUS: required,
  CLOCK_OFFSET_MS: clockOffset,
});
