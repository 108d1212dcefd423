import { describe, expect, it } from 'vitest';
import { corsHeaders, preflightAnswer } from '../../../../../../infra/local/runtime/http/cors.ts';

const CORS = {
  AllowOrigins: ['https://www.example.com'],
  AllowMethods: ['GET', 'POST'],
  AllowHeaders: ['content-type', 'idempotency-key'],
  ExposeHeaders: ['location'],
  MaxAge: 3600,
};
const preflight = (origin: string, method = 'POST') => ({ origin, 'access-control-request-method': method });

describe('CORS of an HTTP API', () => {
  it('answers a preflight with what the template allows', () => {
    expect(preflightAnswer(CORS, preflight('https://www.example.com'))).toEqual({
      status: 204,
      headers: {
        'access-control-allow-origin': 'https://www.example.com',
        'access-control-allow-methods': 'GET,POST',
        'access-control-allow-headers': 'content-type,idempotency-key',
        'access-control-expose-headers': 'location',
        'access-control-max-age': '3600',
        vary: 'origin',
      },
      body: Buffer.alloc(0),
    });
  });

  it.each([
    ['a method that is not allowed', preflight('https://www.example.com', 'DELETE')],
    ['a plain OPTIONS request', { origin: 'https://www.example.com' }],
  ])('answers %s without any CORS header', (_what, headers) => {
    expect(preflightAnswer(CORS, headers)).toMatchObject({ status: 204, headers: {} });
  });

  it.each(['https://elsewhere.example', 'https://www.example.com.evil.example', 'null'])(
    'gives no header to the origin %s',
    (origin) => {
      expect(corsHeaders(CORS, { origin })).toEqual({});
    },
  );

  it('gives no header to a request that names no origin', () => {
    expect(corsHeaders(CORS, {})).toEqual({});
  });

  it('answers with a star where every origin is allowed, and with the origin itself where credentials are', () => {
    const anyOrigin = { AllowOrigins: ['*'] };

    const plain = corsHeaders(anyOrigin, { origin: 'https://a.example' });
    const withCredentials = corsHeaders({ ...anyOrigin, AllowCredentials: true }, { origin: 'https://a.example' });

    expect(plain['access-control-allow-origin']).toBe('*');
    expect(withCredentials).toMatchObject({
      'access-control-allow-origin': 'https://a.example',
      'access-control-allow-credentials': 'true',
    });
  });
});
