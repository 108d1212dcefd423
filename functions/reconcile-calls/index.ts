import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoCallStore } from '../../src/adapters/dynamodb/call-store.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { createFunctionWebex } from '../../src/adapters/lambda/webex-client.ts';
import { SqsDispatchQueue } from '../../src/adapters/sqs/dispatch-queue.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { WebexOrderGateway } from '../../src/adapters/webex/order-gateway.ts';
import { WebexTaskGateway } from '../../src/adapters/webex/task-gateway.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const settings = readBundledSettings(import.meta.url);
const observability = createObservability('reconcile-calls');
const clock = createSystemClock(env.CLOCK_OFFSET_MS);
const dynamo = new DynamoDBClient();
const webex = createFunctionWebex({ env, settings, dynamo, observability, clock, lane: 'reconcile' });
const tables = { calls: env.CALLS_TABLE, suppressions: env.SUPPRESSIONS_TABLE, counters: env.COUNTERS_TABLE };

export const handler = createHandler({
  ...observability,
  calls: new DynamoCallStore(dynamo, tables, settings.retention.callDays * 86_400_000),
  queue: new SqsDispatchQueue(new SQSClient({}), env.DISPATCH_QUEUE_URL),
  tasks: new WebexTaskGateway(webex, settings.webex.attemptVariable),
  orders: new WebexOrderGateway(webex),
  clock,
  settings,
});
