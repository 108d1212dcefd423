/** What stood in the way of an answer; stable, for logs, metrics and callers that branch. */
export type WebexErrorCode =
  /** Refused here, before sending: the request breaks a documented limit. */
  | 'request-not-valid'
  /** There is no usable access token; the rotation could not give one in time. */
  | 'no-token'
  | 'no-budget'
  /** The circuit breaker is open. */
  | 'breaker-open'
  | 'deadline-passed'
  /** No status came back; `processed` says whether the request can have left. */
  | 'no-answer'
  /** 401 with a token that had just been refreshed. */
  | 'unauthorized'
  /** 429: documented as not processed. */
  | 'throttled'
  | 'rejected'
  /** A status from which nothing certain follows: 3xx, 408, 409, 499. */
  | 'undecided'
  | 'server-error'
  /** A success whose body says nothing usable, or which is itself an error. */
  | 'answer-unreadable';

export type Processed = 'yes' | 'no' | 'unknown';

export interface WebexErrorDetails {
  readonly operation: string;
  readonly processed: Processed;
  readonly status?: number;
  /** What Webex itself said, numbers masked. */
  readonly words?: string;
  /** Webex's own code or key, as it came. */
  readonly webexCode?: string;
  readonly trackingId?: string;
  /** Set where Webex or we know when to try again. */
  readonly retryAfterMs?: number;
  /** The field that was refused here, such as `attributes.reason`. */
  readonly field?: string;
  readonly cause?: unknown;
}

/** Every way in which an operation of Webex fails. The message holds no token, no body and no whole number. */
export class WebexError extends Error {
  override readonly name = 'WebexError';
  readonly code: WebexErrorCode;
  readonly operation: string;
  readonly processed: Processed;
  readonly status: number | undefined;
  readonly words: string | undefined;
  readonly webexCode: string | undefined;
  readonly trackingId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly field: string | undefined;

  constructor(code: WebexErrorCode, message: string, details: WebexErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.operation = details.operation;
    this.processed = details.processed;
    this.status = details.status;
    this.words = details.words;
    this.webexCode = details.webexCode;
    this.trackingId = details.trackingId;
    this.retryAfterMs = details.retryAfterMs;
    this.field = details.field;
  }
}
