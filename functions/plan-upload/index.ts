import { setFlagsFromString } from 'node:v8';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoBanStore } from '../../src/adapters/dynamodb/ban-store.ts';
import { DynamoConfirmedMappings } from '../../src/adapters/dynamodb/confirmed-mappings.ts';
import { DynamoUploadLedger } from '../../src/adapters/dynamodb/upload-ledger.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { planLists } from '../../src/adapters/lambda/plan-lists.ts';
import { S3ContactFiles } from '../../src/adapters/s3/contact-files.ts';
import { S3PlanSink } from '../../src/adapters/s3/plan-objects.ts';
import { SfnSplitStarter } from '../../src/adapters/sfn/split-starter.ts';
import { SqsPushQueue } from '../../src/adapters/sqs/upload-queues.ts';
import { readBundledSettings, readBundledTable } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { rejectsKey } from '../../src/campaigns/upload-objects.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

// Young objects die at once here, so room for more of them would only make the process larger.
setFlagsFromString('--semi-space-growth-factor=1');
const env = parseEnv(EnvSchema, process.env);
const settings = readBundledSettings(import.meta.url);
const observability = createObservability('plan-upload');
const clock = createSystemClock(env.CLOCK_OFFSET_MS);
const dynamo = new DynamoDBClient();
const s3 = new S3Client();
const bans = new DynamoBanStore(dynamo, env.SUPPRESSIONS_TABLE);

export const handler = createHandler({
  ...observability,
  ledger: new DynamoUploadLedger(dynamo, env.CAMPAIGNS_TABLE, settings.retention.callDays * 86_400_000),
  files: new S3ContactFiles(s3, env.CONTACT_FILES),
  targetOf: (uploadId) => new S3PlanSink({ client: s3, bucket: env.CONTACT_FILES }, uploadId, rejectsKey(uploadId)),
  listsOf: planLists({ dynamo, env, clock, settings, observability }),
  mappings: new DynamoConfirmedMappings(dynamo, env.CAMPAIGNS_TABLE),
  readBans: async () => (await bans.read()).bans,
  table: readBundledTable(import.meta.url),
  pushes: new SqsPushQueue(new SQSClient({}), env.PUSH_QUEUE_URL),
  splits: new SfnSplitStarter(new SFNClient({}), env.SPLIT_PLANS_ARN),
  clock,
  settings,
});
