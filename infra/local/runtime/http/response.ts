import type { InvocationOutcome } from '../../contracts.ts';

/** What goes back to the client. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/** One of API Gateway's own answers: `{"message":"Not Found"}`. */
export const gatewayAnswer = (status: number, message: string, headers: Record<string, string> = {}): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: Buffer.from(JSON.stringify({ message })),
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Turns a function's answer into an HTTP response as an HTTP API does: an object with `statusCode` is a response,
 * anything else is the body of a 200, and a function that failed is a 500 or 503 that tells nothing.
 */
export const toHttpResponse = (outcome: InvocationOutcome): HttpResponse => {
  if (outcome.outcome === 'throttled') return gatewayAnswer(503, 'Service Unavailable');
  if (outcome.outcome !== 'answered') return gatewayAnswer(500, 'Internal Server Error');
  const { payload } = outcome;
  if (!isRecord(payload) || payload['statusCode'] === undefined) {
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(payload)) };
  }
  const status = Number(payload['statusCode']);
  if (!Number.isInteger(status) || status < 200 || status > 599) return gatewayAnswer(500, 'Internal Server Error');
  const headers = responseHeaders(payload);
  return { status, headers, body: responseBody(payload) };
};

const responseHeaders = (payload: Record<string, unknown>): Record<string, string | readonly string[]> => {
  const headers: Record<string, string | readonly string[]> = { 'content-type': 'text/plain;charset=UTF-8' };
  if (isRecord(payload['headers'])) {
    for (const [name, value] of Object.entries(payload['headers'])) headers[name.toLowerCase()] = String(value);
  }
  if (Array.isArray(payload['cookies'])) headers['set-cookie'] = payload['cookies'].map(String);
  return headers;
};

const responseBody = (payload: Record<string, unknown>): Buffer => {
  const { body } = payload;
  if (body === undefined || body === null) return Buffer.alloc(0);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return Buffer.from(text, payload['isBase64Encoded'] === true ? 'base64' : 'utf8');
};
