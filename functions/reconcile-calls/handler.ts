import { MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import type { ReconcileCallDeps } from '../../src/calls/reconcile-call.ts';
import { reconcileCalls } from '../../src/calls/reconcile-calls.ts';
import { logCodes } from '../../src/shared/log-codes.ts';

/** Begun before it, the last look-up is over within the function's 55 s: a request to Webex takes 10 s at most. */
const sweepMs = 40_000;

export const createHandler = (deps: ReconcileCallDeps & Observability) =>
  middy().handler(async () => {
    const { outcomes, failures } = await reconcileCalls(deps, deps.clock.nowMs() + sweepMs);
    deps.logger.info(logCodes.callsSwept, { outcomes, failures: failures.length });
    for (const { callId, error } of failures) {
      deps.logger.error(logCodes.callReconciled, { callId, error: error instanceof Error ? error : undefined });
    }
    deps.metrics.addMetric('ReconcileFailures', MetricUnit.Count, failures.length);
    deps.metrics.publishStoredMetrics();
    return { outcomes, failures: failures.length };
  });
