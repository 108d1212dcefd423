import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';

export interface Observability {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Structured logs and CloudWatch metrics of one function. Neither ever carries a body, a token or a whole number. */
export const createObservability = (serviceName: string): Observability => ({
  logger: new Logger({ serviceName }),
  metrics: new Metrics({ namespace: 'Ringback', serviceName }),
});
