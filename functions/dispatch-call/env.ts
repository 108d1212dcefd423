import * as z from 'zod/mini';
import { clockOffset, required } from '../../src/adapters/lambda/env.ts';

export const EnvSchema = z.object({
  CALLS_TABLE: required,
  SUPPRESSIONS_TABLE: required,
  COUNTERS_TABLE: required,
  WEBEX_SECRET_ARN: required,
  WEBEX_API_URL: required,
  WEBEX_ORGANIZATION_ID: required,
  REGISTRY_BUCKET: required,
  /** Where the registry's copies are kept in the bucket. */
  REGISTRY_PREFIX: z._default(required, 'registry/US/'),
  CLOCK_OFFSET_MS: clockOffset,
});
