import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Problem } from '../../../events/problem/schema.ts';

/** The one table from problem code to status and title (RFC 9457). What the public reads never tells why a number is not callable. */
const problems = {
  'malformed-json': { status: 400, title: 'The body is not JSON.' },
  'malformed-form': { status: 400, title: 'The body is not a form.' },
  unauthorized: { status: 401, title: 'A token is needed for this.' },
  'not-found': { status: 404, title: 'There is nothing here.' },
  'too-late': { status: 409, title: 'The call is being placed or is over already.' },
  'upload-status': { status: 409, title: 'The status of the upload does not allow this.' },
  'request-in-progress': { status: 409, title: 'The same request is being worked on; ask again in a moment.' },
  'version-changed': { status: 412, title: 'Somebody else has changed this since you read it.' },
  'body-too-large': { status: 413, title: 'The body is too large.' },
  'unsupported-media-type': { status: 415, title: 'The body has a media type that is not taken here.' },
  'invalid-request': { status: 422, title: 'The request has fields that cannot be used.' },
  'number-not-callable': { status: 422, title: 'We cannot call this number.' },
  'idempotency-key-reused': { status: 422, title: 'This Idempotency-Key was used for another request.' },
  'report-too-large': { status: 422, title: 'The report is too large to be written while you wait.' },
  'version-needed': { status: 428, title: 'Tell with If-Match which version is to be replaced.' },
  'webex-unavailable': { status: 503, title: 'Webex has not done it yet; ask again in a moment.' },
  'internal-error': { status: 500, title: 'Something went wrong on our side; nothing is lost that was accepted.' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

/** Thrown by middleware and handlers for an answer that is a problem; turned into a response in one place. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly detail: string | undefined;
  readonly errors: Problem['errors'];

  constructor(code: ProblemCode, more: { detail?: string; errors?: Problem['errors']; cause?: unknown } = {}) {
    super(problems[code].title, { cause: more.cause });
    this.code = code;
    this.detail = more.detail;
    this.errors = more.errors;
  }
}

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
  headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  body: JSON.stringify(problemBody(error)),
});
