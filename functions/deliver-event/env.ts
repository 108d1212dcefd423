import * as z from 'zod/mini';
import { arnsByName } from '../../src/adapters/lambda/arns-by-name.ts';
import { required } from '../../src/adapters/lambda/env.ts';

export const EnvSchema = z.object({
  COUNTERS_TABLE: required,
  /** JSON, each by the destination's name. */
  DESTINATION_QUEUE_ARNS: arnsByName,
  DESTINATION_QUEUE_URLS: arnsByName,
  DESTINATION_SECRET_ARNS: arnsByName,
});
