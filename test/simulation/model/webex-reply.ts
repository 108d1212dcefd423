import { WebexError } from '../../../src/adapters/webex/webex-error.ts';
import type { WireAnswer } from './webex-wire.ts';

/** What Webex makes of a request by the time that it answers; it may fail all the same. */
export interface Reply {
  status: number | 'no-answer';
  value?: unknown;
  retryAfterMs?: number;
}

/** The reply to a success. @throws {WebexError} as the client does for everything else. */
export function readReply(operation: string, answer: WireAnswer<Reply>): { status: number; value: unknown } {
  const fail = (
    code: WebexError['code'],
    processed: WebexError['processed'],
    told: { status?: number; retryAfterMs?: number } = {},
  ): never => {
    throw new WebexError(code, operation, { operation, processed, ...told });
  };
  const { retryAfterMs = 0 } = answer.outcome === 'answered' ? answer.value : answer;
  if (answer.outcome === 'throttled') return fail('throttled', 'no', { status: 429, retryAfterMs });
  if (answer.outcome === 'unsent') return fail('no-budget', 'no', { retryAfterMs });
  const { status, value } = answer.value;
  if (status === 'no-answer') return fail('no-answer', 'unknown');
  if (status >= 500) return fail('server-error', 'unknown', { status });
  if (status === 429) return fail('throttled', 'no', { status, retryAfterMs });
  if (status === 409) return fail('undecided', 'unknown', { status });
  return status >= 400 ? fail('rejected', 'yes', { status }) : { status, value };
}
