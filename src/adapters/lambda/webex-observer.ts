import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logCodes } from '../../shared/log-codes.ts';
import type { WebexObserver } from '../webex/exchange.ts';
import type { Observability } from './observability.ts';

/** Logs every exchange with Webex by its tracking id and rings the alarm where a fresh token is refused. */
export const createWebexObserver = ({ logger, metrics }: Observability): WebexObserver => ({
  exchanged: (exchange) => logger.info(logCodes.webexExchanged, { ...exchange }),
  refusedAfterRefresh: (operation, trackingId) => {
    logger.error(logCodes.freshTokenRefused, { operation, trackingId });
    metrics.addMetric('FreshTokenRefused', MetricUnit.Count, 1);
    metrics.publishStoredMetrics();
  },
});
