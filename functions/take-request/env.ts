import * as z from 'zod/mini';
import { clockOffset, required } from '../../src/adapters/lambda/env.ts';

export const EnvSchema = z.object({
  CALLS_TABLE: required,
  SUPPRESSIONS_TABLE: required,
  COUNTERS_TABLE: required,
  CLOCK_OFFSET_MS: clockOffset,
});
