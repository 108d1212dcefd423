import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logCodes } from '../../shared/log-codes.ts';
import type { Observability } from './observability.ts';

/** Tells that a list could not be read: the metric rings the alarm, because calls wait until it can. */
export const reportUnreadable =
  ({ logger, metrics }: Observability) =>
  (error: unknown): void => {
    logger.error(logCodes.listsUnreadable, { error: error instanceof Error ? error : undefined });
    metrics.addMetric('SuppressionListUnreadable', MetricUnit.Count, 1);
    metrics.publishStoredMetrics();
  };
