import * as z from 'zod/mini';
import { clockOffset, required } from '../../src/adapters/lambda/env.ts';

export const EnvSchema = z.object({
  CAMPAIGNS_TABLE: required,
  SUPPRESSIONS_TABLE: required,
  COUNTERS_TABLE: required,
  CONTACT_FILES: required,
  PUSH_QUEUE_URL: required,
  SPLIT_PLANS_ARN: required,
  REGISTRY_BUCKET: required,
  REGISTRY_PREFIX: z.string(),
  CLOCK_OFFSET_MS: clockOffset,
});
