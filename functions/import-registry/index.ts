import { S3Client } from '@aws-sdk/client-s3';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { S3Objects } from '../../src/adapters/s3/registry-store.ts';
import { openRegistryUpload } from '../../src/adapters/s3/registry-upload.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { RegistryStore } from '../../src/registry/store.ts';
import { newCopyVersion } from '../../src/registry/version.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const client = new S3Client({});
const clock = createSystemClock(env.CLOCK_OFFSET_MS);

export const handler = createHandler({
  ...createObservability('import-registry'),
  store: new RegistryStore(new S3Objects({ client, bucket: env.REGISTRY_BUCKET, prefix: env.REGISTRY_PREFIX })),
  openUpload: (at) => openRegistryUpload(client, at),
  newVersion: () => newCopyVersion(clock.nowMs()),
  limits: { malformedLinesMax: env.MALFORMED_LINES_MAX },
  clock,
});
