import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoCallStore } from '../../src/adapters/dynamodb/call-store.ts';
import { DynamoDialFacts } from '../../src/adapters/dynamodb/dial-facts.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { reportUnreadable } from '../../src/adapters/lambda/report-unreadable.ts';
import { createFunctionWebex } from '../../src/adapters/lambda/webex-client.ts';
import { readBundledPolicy, readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { WebexDnc } from '../../src/adapters/webex/dnc-list.ts';
import { WebexTaskGateway } from '../../src/adapters/webex/task-gateway.ts';
import { DispatchFacts } from '../../src/calls/dispatch-facts.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';
import { lazyOrders } from './orders.ts';
import { registryLookUps } from './registries.ts';

const env = parseEnv(EnvSchema, process.env);
const settings = readBundledSettings(import.meta.url);
const observability = createObservability('dispatch-call');
const clock = createSystemClock(env.CLOCK_OFFSET_MS);
const dynamo = new DynamoDBClient();
const tables = { calls: env.CALLS_TABLE, suppressions: env.SUPPRESSIONS_TABLE, counters: env.COUNTERS_TABLE };
const webex = createFunctionWebex({ env, settings, dynamo, observability, clock, lane: 'callbacks' });
const policy = readBundledPolicy(import.meta.url);
const onUnreadable = reportUnreadable(observability);
/** A look-up may make three requests, and the call's own request needs 10 s of the function's 30. */
const requestMsMax = 4_000;

export const handler = createHandler({
  ...observability,
  calls: new DynamoCallStore(dynamo, tables, settings.retention.callDays * 86_400_000),
  facts: new DispatchFacts({
    ledger: new DynamoDialFacts(dynamo, tables, onUnreadable),
    // Behind the calls that have been looked up: else a backlog spends the whole budget on looking up the same calls again.
    webexLists: settings.webex.dncLists.map((name) => new WebexDnc(webex, name, { requestMsMax, lane: 'outdials' })),
    registries: registryLookUps(settings, env, { clock, reportFault: onUnreadable }),
    registriesAsked: policy.registriesAsked,
    clock,
    onUnreadable,
  }),
  decide: policy.decide,
  tasks: new WebexTaskGateway(webex, settings.webex.attemptVariable),
  ...lazyOrders(webex),
  clock,
  settings,
  reportFault: (error, attemptId) =>
    observability.logger.error(logCodes.taskRequestFailed, {
      attemptId,
      error: error instanceof Error ? error : undefined,
    }),
  reportAgentUnreadable: (error) =>
    observability.logger.warn(logCodes.agentUnreadable, { error: error instanceof Error ? error : undefined }),
  reportRefusal: (callId, words) => observability.logger.error(logCodes.withdrawalRefused, { callId, words }),
});
