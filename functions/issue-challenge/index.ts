import { issueChallenge } from '../../src/adapters/altcha/challenges.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { readSecretText } from '../../src/adapters/secrets/secret-text.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { remembered } from '../../src/shared/remembered.ts';
import { secretKeptMs } from '../../src/screen/secret.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const { screen } = readBundledSettings(import.meta.url);
const clock = createSystemClock(env.CLOCK_OFFSET_MS);
const secret = remembered(
  () => readSecretText(env.SCREEN_SECRET_ARN),
  secretKeptMs,
  () => clock.nowMs(),
);

export const handler = createHandler({
  ...createObservability('issue-challenge'),
  newChallenge: async () => issueChallenge(screen.proofOfWork, await secret(), clock.nowMs()),
});
