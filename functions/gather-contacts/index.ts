import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoContactBatches } from '../../src/adapters/dynamodb/contact-batches.ts';
import { DynamoUploadLedger } from '../../src/adapters/dynamodb/upload-ledger.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { S3ContactFiles } from '../../src/adapters/s3/contact-files.ts';
import { SqsBatchQueue } from '../../src/adapters/sqs/batch-queue.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const settings = readBundledSettings(import.meta.url);
const dynamo = new DynamoDBClient();
const worldClock = createSystemClock();

export const handler = createHandler({
  ...createObservability('gather-contacts'),
  store: new DynamoContactBatches(dynamo, env.CAMPAIGNS_TABLE, worldClock),
  ledger: new DynamoUploadLedger(dynamo, env.CAMPAIGNS_TABLE, settings.retention.callDays * 86_400_000),
  files: new S3ContactFiles(new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' }), env.CONTACT_FILES),
  queue: new SqsBatchQueue(new SQSClient({}), env.BATCH_QUEUE_URL),
  clock: createSystemClock(env.CLOCK_OFFSET_MS),
  worldClock,
  settings,
});
