import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoCallStore } from '../../src/adapters/dynamodb/call-store.ts';
import { EventBridgeSuppressionBus } from '../../src/adapters/eventbridge/suppression-bus.ts';
import { DynamoOpenCalls } from '../../src/adapters/dynamodb/open-calls.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { SqsSuppressionQueue } from '../../src/adapters/sqs/suppression-queue.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const settings = readBundledSettings(import.meta.url);
const tables = { calls: env.CALLS_TABLE, suppressions: env.SUPPRESSIONS_TABLE, counters: env.COUNTERS_TABLE };

const dynamo = new DynamoDBClient();
const lines = Object.keys(settings.lines);
const calls = new DynamoCallStore(dynamo, tables, settings.retention.callDays * 86_400_000);
/** The records of a batch are worked on side by side, and hardly any of their numbers waits for a call. */
const openCalls = new DynamoOpenCalls(dynamo, tables.calls, lines.length);

export const handler = createHandler({
  ...createObservability('announce-suppression'),
  calls: {
    openCallIds: (number, among) => openCalls.openCallIds(number, among),
    get: (callId) => calls.get(callId),
    commit: (change, attemptLog) => calls.commit(change, attemptLog),
  },
  webex: new SqsSuppressionQueue(new SQSClient({}), env.SUPPRESSION_QUEUE_URL),
  bus: new EventBridgeSuppressionBus(new EventBridgeClient({}), env.EVENT_BUS),
  clock: createSystemClock(env.CLOCK_OFFSET_MS),
  lines,
  settings: {
    webexLists: settings.webex.dncLists,
    organizationId: settings.organization.id,
    wholeNumbers: settings.events.wholeNumbers,
  },
});
