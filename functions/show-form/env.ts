import * as z from 'zod/mini';
import { clockOffset } from '../../src/adapters/lambda/env.ts';

export const EnvSchema = z.object({ CLOCK_OFFSET_MS: clockOffset });
