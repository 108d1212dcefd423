import { MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { PlanPartSchema } from '../../events/plan-part/schema.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import type { PlanPartDeps, PlanPartOutcome } from '../../src/campaigns/split/part-deps.ts';
import { planPart } from '../../src/campaigns/split/plan-part.ts';
import { rangesKey, shardsKey } from '../../src/campaigns/split/keys.ts';
import { logCodes } from '../../src/shared/log-codes.ts';

export type Deps = PlanPartDeps & Observability;

/** What the state machine is told; of a cut also where the items of its maps are. */
export interface PlanPartAnswer {
  readonly outcome: PlanPartOutcome;
  readonly ranges?: string;
  readonly shards?: string;
}

export const createHandler = (deps: Deps) =>
  middy<unknown, PlanPartAnswer>().handler(async (event: unknown, context: Context): Promise<PlanPartAnswer> => {
    const part = z.parse(PlanPartSchema, event);
    const { uploadId, step } = part;
    const outcome = await planPart(deps, part, deps.clock.nowMs() + context.getRemainingTimeInMillis());
    deps.logger.info(logCodes.uploadPartPlanned, { ...('item' in part && part.item), uploadId, step, outcome });
    if (outcome === 'refused') {
      deps.metrics.addMetric('UploadRefused', MetricUnit.Count, 1);
      deps.metrics.publishStoredMetrics();
    }
    if (step !== 'cut' || outcome !== 'done') return { outcome };
    return { outcome, ranges: rangesKey(uploadId), shards: shardsKey(uploadId) };
  });
