import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  retry,
} from 'cockatiel';
import type { OperationFacts } from './operation.ts';
import { WebexError } from './webex-error.ts';

export interface ResilienceOptions {
  /** Failures in a row after which a service of Webex is left alone. */
  readonly breakerFailures?: number;
  readonly breakerOpenMs?: number;
  /** Repeats of what is safe to repeat. */
  readonly retriesMax?: number;
  readonly retryDelayMs?: number;
}

export interface Resilience {
  /** Runs one exchange under the breaker of the operation's service. */
  guarded<T>(operation: OperationFacts, exchange: () => Promise<T>): Promise<T>;
  /** Runs an operation again after a failure, where that does no harm. */
  repeated<T>(operation: OperationFacts, run: () => Promise<T>): Promise<T>;
}

/** The failures of the other side, as opposed to answers that it gave on purpose. */
const isOutage = (error: unknown): boolean =>
  error instanceof WebexError && (error.code === 'no-answer' || error.code === 'server-error');

export function createResilience(options: ResilienceOptions = {}): Resilience {
  const { breakerFailures = 5, breakerOpenMs = 10_000, retriesMax = 2, retryDelayMs = 100 } = options;
  const breakers = new Map<string, CircuitBreakerPolicy>();
  const breakerOf = (service: string): CircuitBreakerPolicy => {
    const breaker =
      breakers.get(service) ??
      circuitBreaker(handleWhen(isOutage), {
        halfOpenAfter: breakerOpenMs,
        breaker: new ConsecutiveBreaker(breakerFailures),
      });
    breakers.set(service, breaker);
    return breaker;
  };
  const repeat = retry(handleWhen(isOutage), {
    maxAttempts: retriesMax,
    backoff: new ExponentialBackoff({ initialDelay: retryDelayMs, maxDelay: retryDelayMs * 10 }),
  });

  return {
    async guarded(operation, exchange) {
      try {
        return await breakerOf(operation.service).execute(exchange);
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) throw error;
        throw new WebexError(
          'breaker-open',
          `${operation.name} was not sent: Webex failed ${breakerFailures} times in a row`,
          {
            operation: operation.name,
            processed: 'no',
            retryAfterMs: breakerOpenMs,
            cause: error,
          },
        );
      }
    },
    repeated: (operation, run) => (operation.repeatable ? repeat.execute(run) : run()),
  };
}
