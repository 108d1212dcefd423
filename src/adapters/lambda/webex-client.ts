import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { bucketRules } from '../../budget/bucket.ts';
import { laneWaitsMs } from '../../budget/lane-waits.ts';
import type { Budget, Lane } from '../../budget/ports.ts';
import { SharedBudget } from '../../budget/shared-budget.ts';
import type { Settings } from '../../settings/schema.ts';
import type { Clock } from '../../shared/clock.ts';
import { logCodes } from '../../shared/log-codes.ts';
import { CachedAccessTokens } from '../../tokens/access-tokens.ts';
import { DynamoBucketStore } from '../dynamodb/bucket-store.ts';
import { createSecretsManagerClient } from '../secrets/client.ts';
import { SecretsManagerRotatableSecret } from '../secrets/rotatable-secret.ts';
import { type WebexClient, type WebexClientOptions, createWebexClient } from '../webex/client.ts';
import type { Observability } from './observability.ts';
import { createWebexObserver } from './webex-observer.ts';

export interface FunctionWebexOptions {
  readonly env: {
    readonly COUNTERS_TABLE: string;
    readonly WEBEX_API_URL: string;
    readonly WEBEX_ORGANIZATION_ID: string;
    readonly WEBEX_SECRET_ARN: string;
  };
  readonly settings: { readonly webex: Pick<Settings['webex'], 'requestsPerMinute'> };
  /** Reaches the table of the shared budget. */
  readonly dynamo: DynamoDBClient;
  readonly observability: Observability;
  readonly clock: Clock;
  /** The lane of requests that name none. */
  readonly lane: Lane;
  /** Stands between the function's requests and the shared budget. */
  readonly throughBudget?: (budget: Budget) => Budget;
}

/** The budget that all functions share, and how long each lane waits for it. */
export function createFunctionBudget({
  env,
  settings,
  dynamo,
  observability,
  clock,
}: Omit<FunctionWebexOptions, 'env' | 'lane'> & {
  readonly env: Pick<FunctionWebexOptions['env'], 'COUNTERS_TABLE' | 'WEBEX_ORGANIZATION_ID'>;
}): Required<Pick<WebexClientOptions, 'budget' | 'budgetWaitsMs'>> {
  const rules = bucketRules(settings.webex.requestsPerMinute);
  const budget = new SharedBudget({
    store: new DynamoBucketStore(dynamo, env.COUNTERS_TABLE, env.WEBEX_ORGANIZATION_ID),
    clock,
    rules,
    onPause: (untilMs, reason) =>
      observability.logger.warn(logCodes.budgetPaused, { until: new Date(untilMs).toISOString(), reason }),
  });
  return { budget, budgetWaitsMs: laneWaitsMs(rules) };
}

/** Webex for one function: its client, its cached token, its log, and the budget that all functions share. */
export function createFunctionWebex(options: FunctionWebexOptions): WebexClient {
  const { env, observability, clock, lane, throughBudget = (shared) => shared } = options;
  const { budget, budgetWaitsMs } = createFunctionBudget(options);
  return createWebexClient({
    baseUrl: env.WEBEX_API_URL,
    orgId: env.WEBEX_ORGANIZATION_ID,
    tokens: new CachedAccessTokens(
      new SecretsManagerRotatableSecret(createSecretsManagerClient(), env.WEBEX_SECRET_ARN),
      clock,
    ),
    clock,
    lane,
    budget: throughBudget(budget),
    budgetWaitsMs,
    observer: createWebexObserver(observability),
  });
}
