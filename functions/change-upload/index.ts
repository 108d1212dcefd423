import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoConfirmedMappings } from '../../src/adapters/dynamodb/confirmed-mappings.ts';
import { DynamoUploadLedger } from '../../src/adapters/dynamodb/upload-ledger.ts';
import { DynamoUploadStore } from '../../src/adapters/dynamodb/upload-store.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { createFunctionWebex } from '../../src/adapters/lambda/webex-client.ts';
import { SqsPushQueue } from '../../src/adapters/sqs/upload-queues.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { createContactListGateway } from '../../src/adapters/webex/contact-list-gateway.ts';
import { WebexContactLists } from '../../src/adapters/webex/contact-lists.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const settings = readBundledSettings(import.meta.url);
const observability = createObservability('change-upload');
const clock = createSystemClock(env.CLOCK_OFFSET_MS);
const dynamo = new DynamoDBClient();
const keptMs = settings.retention.callDays * 86_400_000;
/** Before uploads: a person waits until nobody is called any more. */
const lane = 'outdials';
const webex = createFunctionWebex({ env, settings, dynamo, observability, clock, lane });

export const handler = createHandler({
  ...observability,
  ledger: new DynamoUploadLedger(dynamo, env.CAMPAIGNS_TABLE, keptMs),
  uploads: new DynamoUploadStore(dynamo, env.CAMPAIGNS_TABLE, keptMs),
  mappings: new DynamoConfirmedMappings(dynamo, env.CAMPAIGNS_TABLE),
  listsOf: (campaignId) => createContactListGateway(new WebexContactLists(webex, campaignId, { lane })),
  pushes: new SqsPushQueue(new SQSClient({}), env.PUSH_QUEUE_URL),
  clock,
});
