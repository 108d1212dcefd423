import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoUploadLedger } from '../../src/adapters/dynamodb/upload-ledger.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { S3ContactFiles } from '../../src/adapters/s3/contact-files.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const settings = readBundledSettings(import.meta.url);

export const handler = createHandler({
  ...createObservability('start-upload'),
  ledger: new DynamoUploadLedger(new DynamoDBClient(), env.CAMPAIGNS_TABLE, settings.retention.callDays * 86_400_000),
  files: new S3ContactFiles(new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' }), env.CONTACT_FILES),
  clock: createSystemClock(env.CLOCK_OFFSET_MS),
  settings,
});
