import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { v7 as uuid } from 'uuid';
import type { RequestOutdialDeps } from '../../calls/request-outdial.ts';
import { DynamoCallStore } from '../dynamodb/call-store.ts';
import { DynamoDialFacts } from '../dynamodb/dial-facts.ts';
import { readBundledPolicy, readBundledSettings } from '../system/bundled-settings.ts';
import { createSystemClock } from '../system/system-clock.ts';
import { type Observability, createObservability } from './observability.ts';
import { reportUnreadable } from './report-unreadable.ts';

export interface OutdialEnv {
  readonly CALLS_TABLE: string;
  readonly SUPPRESSIONS_TABLE: string;
  readonly COUNTERS_TABLE: string;
  readonly CLOCK_OFFSET_MS: number;
}

/**
 * What a function takes outdials with, whoever asks for them, wired by its environment.
 * @param moduleUrl of the bundle, beside which its settings and rules lie
 */
export function createOutdialRequests(
  functionName: string,
  moduleUrl: string,
  env: OutdialEnv,
): RequestOutdialDeps & Observability {
  const settings = readBundledSettings(moduleUrl);
  const observability = createObservability(functionName);
  const dynamo = new DynamoDBClient();
  const tables = { calls: env.CALLS_TABLE, suppressions: env.SUPPRESSIONS_TABLE, counters: env.COUNTERS_TABLE };
  const calls = new DynamoCallStore(dynamo, tables, settings.retention.callDays * 86_400_000);
  return {
    ...observability,
    calls,
    idempotency: calls,
    facts: new DynamoDialFacts(dynamo, tables, reportUnreadable(observability)),
    decide: readBundledPolicy(moduleUrl).decide,
    clock: createSystemClock(env.CLOCK_OFFSET_MS),
    newId: uuid,
    settings,
  };
}
