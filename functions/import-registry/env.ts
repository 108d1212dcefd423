import * as z from 'zod/mini';
import { clockOffset, required } from '../../src/adapters/lambda/env.ts';

export const EnvSchema = z.object({
  REGISTRY_BUCKET: required,
  /** Where the copies are kept in the bucket; uploads must not be under it. */
  REGISTRY_PREFIX: z._default(z.string().check(z.regex(/\/$/)), 'registry/US/'),
  MALFORMED_LINES_MAX: z._default(z.coerce.number().check(z.int(), z.nonnegative()), 10),
  CLOCK_OFFSET_MS: clockOffset,
});
