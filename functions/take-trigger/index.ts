import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { v7 as uuid } from 'uuid';
import { DynamoCallStore } from '../../src/adapters/dynamodb/call-store.ts';
import { DynamoDeliveryMarks } from '../../src/adapters/dynamodb/delivery-marks.ts';
import { DynamoDialFacts } from '../../src/adapters/dynamodb/dial-facts.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { reportUnreadable } from '../../src/adapters/lambda/report-unreadable.ts';
import { createSecretsManagerClient } from '../../src/adapters/secrets/client.ts';
import { SecretsManagerSigningSecrets } from '../../src/adapters/secrets/signing-secrets.ts';
import { readBundledPolicy, readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const settings = readBundledSettings(import.meta.url);
const observability = createObservability('take-trigger');
const dynamo = new DynamoDBClient();
const tables = { calls: env.CALLS_TABLE, suppressions: env.SUPPRESSIONS_TABLE, counters: env.COUNTERS_TABLE };
const callsKeptMs = settings.retention.callDays * 86_400_000;
const calls = new DynamoCallStore(dynamo, tables, callsKeptMs);
const worldClock = createSystemClock();

const { CAMPAIGNS_TABLE: table, BATCH_QUEUE_URL: queueUrl } = env;
const clock = createSystemClock(env.CLOCK_OFFSET_MS);

export const handler = createHandler({
  ...observability,
  calls,
  callsKeptMs,
  idempotency: calls,
  facts: new DynamoDialFacts(dynamo, tables, reportUnreadable(observability)),
  decide: readBundledPolicy(import.meta.url).decide,
  clock,
  worldClock,
  newId: uuid,
  settings,
  sources: settings.triggers.sources,
  secrets: new SecretsManagerSigningSecrets(createSecretsManagerClient(), env.TRIGGER_SECRET_ARNS, worldClock),
  ...(table !== undefined &&
    queueUrl !== undefined && {
      contacts: (await import('./contacts.ts')).createContacts({
        dynamo,
        table,
        queueUrl,
        settings,
        clock,
        worldClock,
      }),
    }),
  marks: new DynamoDeliveryMarks(dynamo, env.COUNTERS_TABLE),
});
