import * as z from 'zod/mini';
import { clockOffset, required } from '../../src/adapters/lambda/env.ts';

export const EnvSchema = z.object({
  CAMPAIGNS_TABLE: required,
  CONTACT_FILES: required,
  BATCH_QUEUE_URL: required,
  CLOCK_OFFSET_MS: clockOffset,
});
