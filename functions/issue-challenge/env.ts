import * as z from 'zod/mini';
import { clockOffset, required } from '../../src/adapters/lambda/env.ts';

export const EnvSchema = z.object({ SCREEN_SECRET_ARN: required, CLOCK_OFFSET_MS: clockOffset });
