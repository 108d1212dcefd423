import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';

export interface Observability {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * Structured logs and CloudWatch metrics of one function. Neither ever carries a body, a token or a whole number.
 * @param metricsService where metrics of several functions are one.
 */
export const createObservability = (serviceName: string, metricsService = serviceName): Observability => ({
  logger: new Logger({ serviceName }),
  metrics: new Metrics({ namespace: 'Ringback', serviceName: metricsService }),
});
