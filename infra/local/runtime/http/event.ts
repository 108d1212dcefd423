import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** One request as it came in. */
export interface HttpRequest {
  readonly method: string;
  /** Raw path with a leading slash, without the query. */
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly sourceIp: string;
}

/** What the template and the authorizer add to a request. */
export interface EventContext {
  readonly apiId: string;
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly jwt?: { readonly claims: Readonly<Record<string, string>>; readonly scopes: readonly string[] | null };
  readonly nowMs: number;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Media types whose body an HTTP API hands on as text; anything else is base64 (API Gateway developer guide). */
const TEXT_TYPE = /^(text\/|application\/(json|javascript|xml|x-www-form-urlencoded|[\w.-]+\+(json|xml)))/i;

/** The event of payload format 2.0 that a function gets for a request. */
export const toHttpEvent = (request: HttpRequest, context: EventContext): Record<string, unknown> => {
  const cookies = request.headers.cookie?.split('; ');
  const query = queryParameters(request.rawQueryString);
  const hasBody = request.body.byteLength > 0;
  const isBase64Encoded = hasBody && !isText(request);
  return {
    version: '2.0',
    routeKey: context.routeKey,
    rawPath: request.rawPath,
    rawQueryString: request.rawQueryString,
    ...(cookies === undefined ? {} : { cookies }),
    headers: { ...eventHeaders(request.headers), ...forwardedHeaders(request) },
    ...(Object.keys(query).length === 0 ? {} : { queryStringParameters: query }),
    requestContext: {
      accountId: '000000000000',
      apiId: context.apiId,
      ...(context.jwt === undefined ? {} : { authorizer: { jwt: context.jwt } }),
      domainName: request.headers.host ?? 'localhost',
      domainPrefix: (request.headers.host ?? 'localhost').split('.')[0],
      http: {
        method: request.method,
        path: request.rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: context.routeKey,
      stage: '$default',
      time: clfTime(context.nowMs),
      timeEpoch: context.nowMs,
    },
    ...(Object.keys(context.pathParameters).length === 0 ? {} : { pathParameters: context.pathParameters }),
    ...(hasBody ? { body: request.body.toString(isBase64Encoded ? 'base64' : 'utf8') } : {}),
    isBase64Encoded,
  };
};

const isText = (request: HttpRequest): boolean => {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return false;
  return TEXT_TYPE.test(request.headers['content-type'] ?? 'text/plain') && isUtf8(request.body);
};

const isUtf8 = (body: Buffer): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(body);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
};

/** Repeated headers are joined by commas; the cookie has a member of its own. Names are lower case already. */
const eventHeaders = (headers: IncomingHttpHeaders): Record<string, string> => {
  const entries = Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined || name === 'cookie') return [];
    return [[name, Array.isArray(value) ? value.join(',') : value] as const];
  });
  return Object.fromEntries(entries);
};

/** API Gateway tells how the client reached it; here that is plain HTTP on this machine. */
const forwardedHeaders = ({ headers, sourceIp }: HttpRequest): Record<string, string> => ({
  'x-forwarded-for': [headers['x-forwarded-for'], sourceIp].filter((part) => part !== undefined).join(', '),
  'x-forwarded-port': headers.host?.split(':')[1] ?? '80',
  'x-forwarded-proto': 'http',
});

/** Repeated parameters are joined by commas. */
const queryParameters = (rawQueryString: string): Record<string, string> => {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    parameters[name] = name in parameters ? `${parameters[name]},${value}` : value;
  }
  return parameters;
};

/** `20/Nov/2026:16:21:44 +0000`. */
const clfTime = (nowMs: number): string => {
  const date = new Date(nowMs);
  const iso = date.toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[date.getUTCMonth()]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
};
