import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoGoneDestinations } from '../../src/adapters/dynamodb/gone-destinations.ts';
import { FetchWebhookSender } from '../../src/adapters/http/webhook-sender.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { createSecretsManagerClient } from '../../src/adapters/secrets/client.ts';
import { SecretsManagerSigningSecrets } from '../../src/adapters/secrets/signing-secrets.ts';
import { postponeMessage } from '../../src/adapters/sqs/postpone-message.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const { events } = readBundledSettings(import.meta.url);
const sqs = new SQSClient({});
const worldClock = createSystemClock();

export const handler = createHandler({
  ...createObservability('deliver-event'),
  destinations: events.destinations,
  secrets: new SecretsManagerSigningSecrets(createSecretsManagerClient(), env.DESTINATION_SECRET_ARNS, worldClock),
  sender: new FetchWebhookSender(),
  gone: new DynamoGoneDestinations(new DynamoDBClient(), env.COUNTERS_TABLE),
  worldClock,
  random: Math.random,
  destinationOf: (queueArn) => {
    const found = Object.entries(env.DESTINATION_QUEUE_ARNS).find(([, arn]) => arn === queueArn);
    if (!found) throw new Error(`No destination is wired to ${queueArn}.`);
    return found[0];
  },
  postpone: (destination, receiptHandle, seconds) =>
    postponeMessage(sqs, { queueUrl: env.DESTINATION_QUEUE_URLS[destination] ?? '', receiptHandle }, seconds),
});
