import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { randomToken } from '../../src/shared/digest.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const settings = readBundledSettings(import.meta.url);
const observability = createObservability('show-form');
/** Webex and the table are loaded only where there is a queue to ask about. */
const hasQueues = Object.values(settings.lines).some(({ queueId }) => queueId !== undefined);

export const handler = createHandler({
  ...observability,
  settings,
  clock: createSystemClock(env.CLOCK_OFFSET_MS),
  newKey: randomToken,
  ...(hasQueues && { waits: (await import('./waits.ts')).createWaits(env, settings, observability) }),
});
