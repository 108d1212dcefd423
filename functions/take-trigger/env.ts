import * as z from 'zod/mini';
import { clockOffset, required } from '../../src/adapters/lambda/env.ts';
import { arnsByName } from '../../src/adapters/lambda/arns-by-name.ts';

export const EnvSchema = z.object({
  CALLS_TABLE: required,
  SUPPRESSIONS_TABLE: required,
  COUNTERS_TABLE: required,
  /** JSON: secret ARNs by the source's name. */
  TRIGGER_SECRET_ARNS: arnsByName,
  CLOCK_OFFSET_MS: clockOffset,
});
