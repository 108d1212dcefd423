import * as z from 'zod/mini';
import { clockOffset, required } from '../../src/adapters/lambda/env.ts';

export const EnvSchema = z.object({
  CAMPAIGNS_TABLE: required,
  EVENT_BUS: required,
  CLOCK_OFFSET_MS: clockOffset,
});
