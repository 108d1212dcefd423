import * as z from 'zod/mini';
import { readErrorBody } from './error-body.ts';
import type { Operation } from './operation.ts';
import { retryAfterMs } from './retry-after.ts';
import type { HttpAnswer } from './transport.ts';
import { type Processed, WebexError, type WebexErrorCode } from './webex-error.ts';

/** Seen in answers of gateways when they gave up; what the server behind them did is not known. */
const UNDECIDED_4XX = new Set([408, 409, 499]);

/**
 * Turns any answer that is not a success into a WebexError.
 * 401, 403, 404, 429 and the other 4xx are definite: the request was refused. 409 is left undecided, because on an operation
 * without an idempotency key it may speak of the very thing that an earlier, unanswered request made.
 */
export function errorFrom(
  operation: string,
  answer: HttpAnswer,
  sentTrackingId: string | undefined,
  nowMs: number,
  cause?: unknown,
): WebexError {
  const { status } = answer;
  const { words, webexCode, trackingId } = readErrorBody(answer.body);
  const [code, processed] = classify(status);
  return new WebexError(code, `${operation} was answered ${status}${words ? `: ${words}` : ''}`, {
    operation,
    processed,
    status,
    cause,
    words,
    webexCode,
    trackingId: answer.headers['trackingid'] ?? trackingId ?? sentTrackingId,
    retryAfterMs:
      status === 429 || (status === 503 && answer.headers['retry-after'])
        ? retryAfterMs(answer.headers['retry-after'], nowMs)
        : undefined,
  });
}

function classify(status: number): readonly [WebexErrorCode, Processed] {
  if (status === 401) return ['unauthorized', 'no'];
  if (status === 429) return ['throttled', 'no'];
  if (status >= 500) return ['server-error', 'unknown'];
  return status >= 400 && !UNDECIDED_4XX.has(status) ? ['rejected', 'no'] : ['undecided', 'unknown'];
}

/** Parses the body of a success; what cannot be read was processed all the same. */
export function readAnswer<Body, Answer>(
  operation: Operation<Body, Answer>,
  answer: HttpAnswer,
  trackingId: string | undefined,
): Answer {
  const unreadable = (why: string, cause?: unknown): WebexError =>
    new WebexError('answer-unreadable', `${operation.name} was answered ${answer.status}, ${why}`, {
      operation: operation.name,
      processed: 'yes',
      status: answer.status,
      trackingId,
      cause,
    });
  if (!answer.bodyComplete) throw unreadable('and the body broke off');
  let json: unknown;
  try {
    json = answer.body.trim() === '' ? undefined : JSON.parse(answer.body);
  } catch (error) {
    throw unreadable('and the body is not JSON', error);
  }
  const parsed = z.safeParse(operation.answer, json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw unreadable(`and ${issue ? fieldOf(issue.path) : 'the body'} is not as documented`);
}

/** Checks the body against the documented limits before anything is sent. */
export function checkRequest<Body, Answer>(
  operation: Operation<Body, Answer>,
  body: Body | undefined,
): string | undefined {
  if (!operation.request) return undefined;
  const parsed = z.safeParse(operation.request, body);
  if (parsed.success) return JSON.stringify(parsed.data);
  const issue = parsed.error.issues[0];
  const field = issue ? fieldOf(issue.path) : 'the body';
  throw new WebexError('request-not-valid', `${field} ${issue?.message ?? 'is not valid'}`, {
    operation: operation.name,
    processed: 'no',
    field,
  });
}

const fieldOf = (path: readonly PropertyKey[]): string =>
  path.length === 0 ? 'the body' : path.map((part) => String(part).slice(0, 80)).join('.');
