import * as z from 'zod/mini';
import { clockOffset, required } from '../../src/adapters/lambda/env.ts';

export const EnvSchema = z.object({
  CAMPAIGNS_TABLE: required,
  SUPPRESSIONS_TABLE: required,
  COUNTERS_TABLE: required,
  CONTACT_FILES: required,
  PUSH_QUEUE_URL: required,
  PUSH_QUEUE_ARN: required,
  LIST_TIMER_GROUP: required,
  LIST_TIMER_ROLE_ARN: required,
  WEBEX_SECRET_ARN: required,
  WEBEX_API_URL: required,
  WEBEX_ORGANIZATION_ID: required,
  CLOCK_OFFSET_MS: clockOffset,
});
