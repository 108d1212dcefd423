import * as z from 'zod/mini';
import { clockOffset, required } from '../../src/adapters/lambda/env.ts';
import { arnsByName } from '../../src/adapters/lambda/arns-by-name.ts';

export const EnvSchema = z.object({
  CALLS_TABLE: required,
  SUPPRESSIONS_TABLE: required,
  COUNTERS_TABLE: required,
  /** JSON: secret ARNs by the source's name. */
  TRIGGER_SECRET_ARNS: arnsByName,
  /** Both only where a source adds contacts. */
  CAMPAIGNS_TABLE: z.optional(required),
  BATCH_QUEUE_URL: z.optional(required),
  CLOCK_OFFSET_MS: clockOffset,
});
