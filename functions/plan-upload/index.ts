import { setFlagsFromString } from 'node:v8';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoBanStore } from '../../src/adapters/dynamodb/ban-store.ts';
import { DynamoConfirmedMappings } from '../../src/adapters/dynamodb/confirmed-mappings.ts';
import { DynamoNumberLists } from '../../src/adapters/dynamodb/number-lists.ts';
import { DynamoUploadLedger } from '../../src/adapters/dynamodb/upload-ledger.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { reportUnreadable } from '../../src/adapters/lambda/report-unreadable.ts';
import { S3ContactFiles } from '../../src/adapters/s3/contact-files.ts';
import { S3PlanSink } from '../../src/adapters/s3/plan-objects.ts';
import { openRegistryReader } from '../../src/adapters/s3/registry-reader.ts';
import { SqsPushQueue } from '../../src/adapters/sqs/upload-queues.ts';
import { readBundledSettings, readBundledTable } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import type { PlanLists } from '../../src/campaigns/plan-ports.ts';
import { rejectsKey } from '../../src/campaigns/upload-objects.ts';
import { campaignSettings } from '../../src/campaigns/upload-settings.ts';
import type { Upload } from '../../src/campaigns/upload.ts';
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
const numbers = new DynamoNumberLists(dynamo, clock, { isConsistent: false });
const bans = new DynamoBanStore(dynamo, env.SUPPRESSIONS_TABLE);

function listsOf({ id, campaignId }: Upload): PlanLists {
  const { repeatDays } = campaignSettings(settings.uploads, campaignId);
  const lately = numbers.uploadedLately(env.CAMPAIGNS_TABLE, campaignId, { id, nowMs: clock.nowMs() });
  const place = { bucket: env.REGISTRY_BUCKET, prefix: env.REGISTRY_PREFIX };
  const isSubscribed = settings.policy.registries.US?.subscribed === true;
  return {
    internal: numbers.internal(env.SUPPRESSIONS_TABLE),
    uploadedLately: repeatDays === 0 ? 'not-checked' : lately,
    attempts: numbers.attempts(env.COUNTERS_TABLE),
    registries: isSubscribed
      ? { 'registry:US': openRegistryReader(place, { clock, reportFault: reportUnreadable(observability) }) }
      : {},
  };
}

export const handler = createHandler({
  ...observability,
  ledger: new DynamoUploadLedger(dynamo, env.CAMPAIGNS_TABLE, settings.retention.callDays * 86_400_000),
  files: new S3ContactFiles(s3, env.CONTACT_FILES),
  targetOf: (uploadId) => new S3PlanSink({ client: s3, bucket: env.CONTACT_FILES }, uploadId, rejectsKey(uploadId)),
  listsOf,
  mappings: new DynamoConfirmedMappings(dynamo, env.CAMPAIGNS_TABLE),
  readBans: async () => (await bans.read()).bans,
  table: readBundledTable(import.meta.url),
  pushes: new SqsPushQueue(new SQSClient({}), env.PUSH_QUEUE_URL),
  clock,
  settings,
});
