import { describe, expect, it } from 'vitest';
import { type HttpRequest, toHttpEvent } from '../../../../../../infra/local/runtime/http/event.ts';

const CONTEXT = {
  apiId: 'api1',
  routeKey: 'POST /items',
  pathParameters: {},
  nowMs: Date.UTC(2026, 10, 20, 16, 21, 44),
};
const request = (more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  rawPath: '/items',
  rawQueryString: '',
  headers: { host: '127.0.0.1:8787' },
  body: Buffer.alloc(0),
  sourceIp: '127.0.0.1',
  ...more,
});

describe('the event of payload format 2.0', () => {
  it('tells route, method, path, address and time', () => {
    const event = toHttpEvent(request({ headers: { host: '127.0.0.1:8787', 'user-agent': 'curl/8' } }), CONTEXT);

    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'POST /items',
      rawPath: '/items',
      rawQueryString: '',
      isBase64Encoded: false,
      requestContext: {
        apiId: 'api1',
        domainName: '127.0.0.1:8787',
        http: { method: 'POST', path: '/items', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'curl/8' },
        routeKey: 'POST /items',
        stage: '$default',
        time: '20/Nov/2026:16:21:44 +0000',
        timeEpoch: CONTEXT.nowMs,
      },
    });
  });

  it('leaves out what the request does not have', () => {
    const event = toHttpEvent(request(), CONTEXT);

    expect(Object.keys(event)).not.toEqual(expect.arrayContaining(['body']));
    expect(event).not.toHaveProperty('cookies');
    expect(event).not.toHaveProperty('queryStringParameters');
    expect(event).not.toHaveProperty('pathParameters');
  });

  it('joins repeated query parameters by commas', () => {
    const event = toHttpEvent(request({ rawQueryString: 'a=1&b=x%20y&a=2' }), CONTEXT);

    expect(event).toMatchObject({ rawQueryString: 'a=1&b=x%20y&a=2', queryStringParameters: { a: '1,2', b: 'x y' } });
  });

  it('moves cookies out of the headers', () => {
    const event = toHttpEvent(request({ headers: { host: 'h', cookie: 'a=1; b=2' } }), CONTEXT);

    expect(event['cookies']).toEqual(['a=1', 'b=2']);
    expect(event['headers']).not.toHaveProperty('cookie');
  });

  it.each([
    'application/json',
    'application/problem+json',
    'text/plain; charset=utf-8',
    'application/x-www-form-urlencoded',
    undefined,
  ])('hands on a body of type %s as text', (type) => {
    const headers = { host: 'h', ...(type === undefined ? {} : { 'content-type': type }) };

    const event = toHttpEvent(request({ headers, body: Buffer.from('{"é":1}') }), CONTEXT);

    expect(event).toMatchObject({ body: '{"é":1}', isBase64Encoded: false });
  });

  it.each([
    ['of a binary type', { 'content-type': 'application/octet-stream' }, Buffer.from('abc')],
    ['that is compressed', { 'content-type': 'application/json', 'content-encoding': 'gzip' }, Buffer.from('abc')],
    ['that is not UTF-8', { 'content-type': 'application/json' }, Buffer.from([0xff, 0xfe])],
  ])('hands on a body %s as base64', (_what, headers, body) => {
    const event = toHttpEvent(request({ headers: { host: 'h', ...headers }, body }), CONTEXT);

    expect(event).toMatchObject({ body: body.toString('base64'), isBase64Encoded: true });
  });

  it('adds the headers by which API Gateway tells how the client reached it', () => {
    const event = toHttpEvent(
      request({ headers: { host: '127.0.0.1:8787', 'x-forwarded-for': '203.0.113.9' } }),
      CONTEXT,
    );

    expect(event['headers']).toMatchObject({
      'x-forwarded-for': '203.0.113.9, 127.0.0.1',
      'x-forwarded-port': '8787',
      'x-forwarded-proto': 'http',
    });
  });

  it('puts the claims of the token where the authorizer puts them', () => {
    const jwt = { claims: { sub: 'sam' }, scopes: null };

    expect(toHttpEvent(request(), { ...CONTEXT, jwt })).toMatchObject({ requestContext: { authorizer: { jwt } } });
  });
});
