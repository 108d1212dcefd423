import { type Answer, json } from '../http/answers.ts';
import type { FiredFault } from './fault-book.ts';

/** What is done with a request, in this order. */
export interface Course {
  readonly delayBeforeMs: number;
  /** The bearer or refresh token that came with the request is dead from now on. */
  readonly expiresToken: boolean;
  readonly processes: boolean;
  readonly searchLagSeconds: number;
  readonly delayAfterMs: number;
  /** Sent in place of what processing came to. */
  readonly instead: Answer | undefined;
  /** `hang` keeps the connection open and says nothing; `drop` resets it. */
  readonly ending: 'answer' | 'hang' | 'drop';
}

const USUAL: Course = {
  delayBeforeMs: 0,
  expiresToken: false,
  processes: true,
  searchLagSeconds: 0,
  delayAfterMs: 0,
  instead: undefined,
  ending: 'answer',
};

/** The course of a request that `fault` fired on, or the usual one. */
export function courseOf(fault: FiredFault | undefined): Course {
  if (!fault) return USUAL;
  const { effect } = fault;
  const { delayMs = 0, afterProcessing = false, searchLagSeconds = 0 } = effect;
  switch (fault.kind) {
    case 'status':
      return {
        ...USUAL,
        processes: afterProcessing,
        instead: orderedAnswer(effect.status ?? 500, effect.body, effect.headers),
      };
    case 'delayMs':
      return { ...USUAL, ...(afterProcessing ? { delayAfterMs: delayMs } : { delayBeforeMs: delayMs }) };
    case 'timeoutAfterProcessing':
      return { ...USUAL, ending: 'hang' };
    case 'dropBefore':
      return { ...USUAL, processes: false, ending: 'drop' };
    case 'dropAfter':
      return { ...USUAL, ending: 'drop' };
    case 'tokenExpired':
      return { ...USUAL, expiresToken: true };
    case 'searchLagSeconds':
      return { ...USUAL, searchLagSeconds };
  }
}

/** Text is sent as it stands, anything else as JSON, and nothing as nothing. */
function orderedAnswer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  if (body === undefined) return { status, headers };
  if (typeof body === 'string')
    return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body };
  return json(status, body, headers);
}
