import type { Clock, EpochMs } from '../../shared/clock.ts';
import { errorFrom } from './answer-reading.ts';
import { type HttpAnswer, type HttpRequest, type HttpTransport, TransportError } from './transport.ts';
import { WebexError, type WebexErrorCode } from './webex-error.ts';

/** What is worth a log line about one request: no body, no token, no path (it may hold a number). */
export interface WebexExchange {
  readonly operation: string;
  readonly durationMs: number;
  readonly status?: number;
  readonly trackingId?: string;
  readonly failure?: WebexErrorCode;
  /** The connection's own error code, such as `ECONNRESET`. */
  readonly transportCode?: string;
}

export interface WebexObserver {
  exchanged(exchange: WebexExchange): void;
  /** 401 with a token that had just been refreshed: somebody has to look. */
  refusedAfterRefresh(operation: string, trackingId: string | undefined): void;
}

export interface ExchangeDeps {
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly observer: WebexObserver;
  /** Of one request, from connecting to the last byte. */
  readonly timeoutMs: number;
}

export const isSuccess = (answer: HttpAnswer): boolean => answer.status >= 200 && answer.status < 300;

/**
 * One request on the wire, never after the deadline and never beyond it.
 * Throws where Webex failed, so that a breaker can count it; an answer that Webex gave on purpose is returned.
 */
export async function exchange(
  deps: ExchangeDeps,
  operation: string,
  request: Omit<HttpRequest, 'timeoutMs'>,
  deadlineMs: EpochMs,
): Promise<HttpAnswer> {
  const { clock, observer } = deps;
  const startedMs = clock.nowMs();
  const leftMs = deadlineMs - startedMs;
  if (leftMs <= 0)
    throw new WebexError('deadline-passed', `${operation} was not sent: its deadline had passed`, {
      operation,
      processed: 'no',
    });
  const sentTrackingId = request.headers['trackingid'];

  let answer: HttpAnswer;
  try {
    answer = await deps.transport({ ...request, timeoutMs: Math.min(deps.timeoutMs, leftMs) });
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    const durationMs = clock.nowMs() - startedMs;
    observer.exchanged({
      operation,
      durationMs,
      failure: 'no-answer',
      transportCode: error.code,
      trackingId: sentTrackingId,
    });
    throw new WebexError('no-answer', `${operation}: ${error.message}`, {
      operation,
      processed: error.processed,
      trackingId: sentTrackingId,
      cause: error,
    });
  }

  const failure = isSuccess(answer) ? undefined : errorFrom(operation, answer, sentTrackingId, clock.nowMs());
  observer.exchanged({
    operation,
    durationMs: clock.nowMs() - startedMs,
    status: answer.status,
    trackingId: failure?.trackingId ?? answer.headers['trackingid'] ?? sentTrackingId,
    failure: failure?.code,
  });
  if (failure?.code === 'server-error') throw failure;
  return answer;
}
