import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { randomToken } from '../../src/shared/digest.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);

export const handler = createHandler({
  ...createObservability('show-form'),
  settings: readBundledSettings(import.meta.url),
  clock: createSystemClock(env.CLOCK_OFFSET_MS),
  newKey: randomToken,
});
