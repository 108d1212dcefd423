import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { EventBridgeBus } from '../../src/adapters/eventbridge/event-bus.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const { organization, events } = readBundledSettings(import.meta.url);

export const handler = createHandler({
  ...createObservability('announce-call'),
  bus: new EventBridgeBus(new EventBridgeClient({}), env.EVENT_BUS),
  settings: { organizationId: organization.id, wholeNumbers: events.wholeNumbers },
  clockOffsetMs: env.CLOCK_OFFSET_MS,
});
