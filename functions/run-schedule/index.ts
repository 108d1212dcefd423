import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoTakings } from '../../src/adapters/dynamodb/file-takings.ts';
import { DynamoRunStore } from '../../src/adapters/dynamodb/schedule-run-store.ts';
import { DynamoScheduleStore } from '../../src/adapters/dynamodb/schedule-store.ts';
import { DynamoUploadLedger } from '../../src/adapters/dynamodb/upload-ledger.ts';
import { EventBridgeRunBus } from '../../src/adapters/eventbridge/run-bus.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { reportRun } from '../../src/adapters/lambda/report-run.ts';
import { S3ContactFileList } from '../../src/adapters/s3/contact-file-list.ts';
import { SqsPlanQueue } from '../../src/adapters/sqs/upload-queues.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { startUpload } from '../../src/campaigns/start-upload.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const settings = readBundledSettings(import.meta.url);
const observability = createObservability('run-schedule', 'schedules');
const clock = createSystemClock(env.CLOCK_OFFSET_MS);
const dynamo = new DynamoDBClient();
const uploads = {
  ledger: new DynamoUploadLedger(dynamo, env.CAMPAIGNS_TABLE, settings.retention.callDays * 86_400_000),
  plans: new SqsPlanQueue(new SQSClient({}), env.PLAN_QUEUE_URL),
  clock,
  settings,
};

export const handler = createHandler({
  ...observability,
  schedules: new DynamoScheduleStore(dynamo, env.CAMPAIGNS_TABLE),
  runs: new DynamoRunStore(dynamo, env.CAMPAIGNS_TABLE),
  takings: new DynamoTakings(dynamo, env.CAMPAIGNS_TABLE, clock),
  files: new S3ContactFileList(new S3Client({}), env.CONTACT_FILES),
  uploads: { start: (source, order) => startUpload(uploads, { ...order, source }) },
  bus: new EventBridgeRunBus(new EventBridgeClient({}), env.EVENT_BUS),
  onEnded: reportRun(observability),
  clock,
  organizationId: settings.organization.id,
});
