import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DynamoUploadStore } from '../../src/adapters/dynamodb/upload-store.ts';
import { EventBridgeBus } from '../../src/adapters/eventbridge/event-bus.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const { organization, retention } = readBundledSettings(import.meta.url);

export const handler = createHandler({
  ...createObservability('announce-upload'),
  uploads: new DynamoUploadStore(new DynamoDBClient(), env.CAMPAIGNS_TABLE, retention.callDays * 86_400_000),
  bus: new EventBridgeBus(new EventBridgeClient({}), env.EVENT_BUS),
  organizationId: organization.id,
  clockOffsetMs: env.CLOCK_OFFSET_MS,
});
