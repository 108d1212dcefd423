import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { ScreenObserver } from '../../screen/ports.ts';
import type { ScreenCode } from '../../screen/types.ts';
import { logCodes } from '../../shared/log-codes.ts';
import type { Observability } from './observability.ts';

/** The metric of each rule of the abuse screen. */
export const screenMetrics: Readonly<Record<ScreenCode, string>> = {
  'origin-not-allowed': 'ScreenOriginNotAllowed',
  'form-filled-by-program': 'ScreenFormFilledByProgram',
  'proof-missing': 'ScreenProofMissing',
  'proof-invalid': 'ScreenProofInvalid',
  'proof-expired': 'ScreenProofExpired',
  'proof-used': 'ScreenProofUsed',
  'country-not-called': 'ScreenCountryNotCalled',
  'number-type-not-called': 'ScreenNumberTypeNotCalled',
  'too-many-for-number': 'ScreenTooManyForNumber',
  'too-many-from-address': 'ScreenTooManyFromAddress',
  'too-many-for-prefix': 'ScreenTooManyForPrefix',
  'line-full-today': 'ScreenLineFullToday',
  'full-today': 'ScreenFullToday',
  'screen-unavailable': 'ScreenUnavailable',
};

/** A metric for each request that a rule refuses, and for caps that are nearly reached. */
export function createScreenObserver({ logger, metrics }: Observability): ScreenObserver {
  const count = (metric: string): void => {
    metrics.addMetric(metric, MetricUnit.Count, 1);
    metrics.publishStoredMetrics();
  };
  return {
    refused: (code) => count(screenMetrics[code]),
    nearlyFull: () => count('ScreenNearlyFull'),
    unavailable: (error) =>
      logger.error(logCodes.screenUnavailable, { error: error instanceof Error ? error : undefined }),
  };
}
