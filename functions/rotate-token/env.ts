import * as z from 'zod/mini';
import { clockOffset, required } from '../../src/adapters/lambda/env.ts';

export const EnvSchema = z.object({
  COUNTERS_TABLE: required,
  WEBEX_SECRET_ARN: required,
  WEBEX_API_URL: required,
  WEBEX_TOKEN_URL: required,
  WEBEX_ORGANIZATION_ID: required,
  CLOCK_OFFSET_MS: clockOffset,
});
