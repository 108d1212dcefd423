import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Problem } from '../../../events/problem/schema.ts';

/** The one table from problem code to status and title (RFC 9457). What the public reads never tells why a number is not callable. */
const problems = {
  'malformed-json': { status: 400, title: 'The body is not JSON.' },
  'malformed-form': { status: 400, title: 'The body is not a form.' },
  unauthorized: { status: 401, title: 'A token is needed for this.' },
  'signature-refused': { status: 401, title: 'The delivery is not signed as it must be.' },
  'not-found': { status: 404, title: 'There is nothing here.' },
  'form-turned-off': { status: 404, title: 'There is no form without JavaScript here; use the form on our website.' },
  'too-late': { status: 409, title: 'The call is being placed or is over already.' },
  'slot-taken': { status: 409, title: 'This time has just been taken; choose another one.' },
  'upload-status': { status: 409, title: 'The status of the upload does not allow this.' },
  'request-in-progress': { status: 409, title: 'The same request is being worked on; ask again in a moment.' },
  'delivery-replayed': { status: 409, title: 'This very delivery was taken already; nothing was done again.' },
  'version-changed': { status: 412, title: 'Somebody else has changed this since you read it.' },
  'body-too-large': { status: 413, title: 'The body is too large.' },
  'unsupported-media-type': { status: 415, title: 'The body has a media type that is not taken here.' },
  'invalid-request': { status: 422, title: 'The request has fields that cannot be used.' },
  'number-not-callable': { status: 422, title: 'We cannot call this number.' },
  'idempotency-key-reused': { status: 422, title: 'This Idempotency-Key was used for another request.' },
  'report-too-large': { status: 422, title: 'The report is too large to be written while you wait.' },
  'version-needed': { status: 428, title: 'Tell with If-Match which version is to be replaced.' },
  'webex-unavailable': { status: 503, title: 'Webex has not done it yet; ask again in a moment.' },
  'delivery-changed': { status: 422, title: 'A delivery with this id asked for something else before.' },
  'origin-not-allowed': {
    status: 403,
    title: 'This website may not send requests here; use the form on our own website.',
  },
  'form-filled-by-program': {
    status: 422,
    title: 'The form was filled in faster than people do, or where they see no field; wait a moment and send it again.',
  },
  'proof-missing': {
    status: 422,
    title: 'The request carries no solved challenge; reload the page and send the form again.',
  },
  'proof-invalid': {
    status: 422,
    title: 'The challenge of this request is not solved, or not ours; reload the page and send the form again.',
  },
  'proof-expired': { status: 422, title: 'The solved challenge is too old; send the form again.' },
  'proof-used': { status: 422, title: 'The solved challenge was used for another request; send the form again.' },
  'country-not-called': {
    status: 422,
    title: 'We do not call numbers of this country; give a number of one that we call.',
  },
  'number-type-not-called': {
    status: 422,
    title:
      'We call mobile and fixed-line numbers only, no premium-rate, toll-free or satellite ones; give another number.',
  },
  'too-many-for-number': {
    status: 429,
    title: 'There were too many requests for this number; wait, or contact us in another way.',
  },
  'too-many-from-address': {
    status: 429,
    title: 'There were too many requests from your network; wait, or contact us in another way.',
  },
  'too-many-for-prefix': {
    status: 429,
    title: 'There were too many requests for numbers like this one; wait, or contact us in another way.',
  },
  'line-full-today': {
    status: 429,
    title: 'No more calls are taken for this topic today; ask tomorrow, or contact us in another way.',
  },
  'full-today': {
    status: 429,
    title: 'No more calls are taken today; ask tomorrow, or contact us in another way.',
  },
  'screen-unavailable': {
    status: 503,
    title: 'The request could not be checked just now and was not taken; send it again in a minute.',
  },
  'internal-error': { status: 500, title: 'Something went wrong on our side; nothing is lost that was accepted.' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

export interface ProblemDetails {
  readonly detail?: string;
  readonly errors?: Problem['errors'];
  readonly cause?: unknown;
  readonly retryAfterSeconds?: number | undefined;
}

/** Thrown by middleware and handlers for an answer that is a problem; turned into a response in one place. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly detail: string | undefined;
  readonly errors: Problem['errors'];
  /** When it makes sense to try again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ProblemCode, more: ProblemDetails = {}) {
    super(problems[code].title, { cause: more.cause });
    this.code = code;
    this.detail = more.detail;
    this.errors = more.errors;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

/** A slot that others have filled meanwhile. */
export const slotTakenProblem = (): ProblemError =>
  new ProblemError('slot-taken', {
    errors: [
      { pointer: '/when', detail: 'when must be a time that is still free; this one is taken, choose another.' },
    ],
  });

export const problemStatus = (code: ProblemCode): number => problems[code].status;

export function problemBody(error: ProblemError): Problem {
  const { status, title } = problems[error.code];
  return {
    type: `urn:ringback:problem:${error.code}`,
    title,
    status,
    code: error.code,
    ...(error.detail && { detail: error.detail }),
    ...(error.errors && { errors: error.errors }),
  };
}

export const problemResponse = (error: ProblemError): APIGatewayProxyStructuredResultV2 => ({
  statusCode: problemStatus(error.code),
  headers: {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...(error.retryAfterSeconds !== undefined && { 'retry-after': String(error.retryAfterSeconds) }),
  },
  body: JSON.stringify(problemBody(error)),
});
