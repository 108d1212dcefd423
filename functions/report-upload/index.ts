import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoUploadLedger } from '../../src/adapters/dynamodb/upload-ledger.ts';
import { DynamoUploadStore } from '../../src/adapters/dynamodb/upload-store.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { S3ContactFiles } from '../../src/adapters/s3/contact-files.ts';
import { ObjectText } from '../../src/adapters/s3/plan-objects.ts';
import { S3PlannedChunks } from '../../src/adapters/s3/planned-chunks.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const settings = readBundledSettings(import.meta.url);
const dynamo = new DynamoDBClient();
const keptMs = settings.retention.callDays * 86_400_000;
const place = { client: new S3Client(), bucket: env.CONTACT_FILES };

export const handler = createHandler({
  ...createObservability('report-upload'),
  ledger: new DynamoUploadLedger(dynamo, env.CAMPAIGNS_TABLE, keptMs),
  uploads: new DynamoUploadStore(dynamo, env.CAMPAIGNS_TABLE, keptMs),
  chunks: new S3PlannedChunks(place),
  files: new S3ContactFiles(place.client, place.bucket),
  textOf: (key) => new ObjectText(place, key),
  clock: createSystemClock(env.CLOCK_OFFSET_MS),
});
