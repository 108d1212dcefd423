import { describe, expect, test } from 'vitest';
import { WebexTokenEndpoint } from '../../../../src/adapters/webex/token-endpoint.ts';
import { WebexTokenTester } from '../../../../src/adapters/webex/token-tester.ts';
import { type HttpAnswer, type HttpRequest, TransportError } from '../../../../src/adapters/webex/transport.ts';
import {
  PendingTokenRefusedError,
  RefreshTokenDeadError,
  TokenRequestRefusedError,
} from '../../../../src/tokens/errors.ts';
import { broken, NOW_MS, ORG_ID, reply } from './support/stub.ts';

const CREDENTIALS = { clientId: 'client', clientSecret: 's3cret', refreshToken: 'refresh-1' };

function endpoint(answer: HttpAnswer | TransportError) {
  const requests: HttpRequest[] = [];
  const transport = async (request: HttpRequest) => {
    requests.push(request);
    if (answer instanceof TransportError) throw answer;
    return answer;
  };
  return { requests, endpoint: new WebexTokenEndpoint('https://webexapis.test/v1/access_token', transport) };
}

describe('the refresh grant', () => {
  test('is a form with client and refresh token, and is given 20 s', async () => {
    const { endpoint: webex, requests } = endpoint(
      reply(200, { access_token: 'a', expires_in: 1_209_599, refresh_token: 'r', refresh_token_expires_in: 7_776_000 }),
    );

    expect(await webex.refresh(CREDENTIALS)).toEqual({
      accessToken: 'a',
      expiresInSeconds: 1_209_599,
      refreshToken: 'r',
      refreshTokenExpiresInSeconds: 7_776_000,
    });
    expect(requests[0]).toMatchObject({
      method: 'POST',
      timeoutMs: 20_000,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(requests[0]?.body).toBe(
      'grant_type=refresh_token&client_id=client&client_secret=s3cret&refresh_token=refresh-1',
    );
  });

  test('may be answered with lifetimes as text and without a refresh token', async () => {
    const { endpoint: webex } = endpoint(reply(200, { access_token: 'a', expires_in: '43199' }));

    expect(await webex.refresh(CREDENTIALS)).toEqual({ accessToken: 'a', expiresInSeconds: 43_199 });
  });

  test.each([
    ['RFC 6749', { error: 'invalid_grant', error_description: 'unknown' }],
    ["Webex's own words", { message: 'The refresh token provided is expired, invalid or not found.', errors: [] }],
  ])('that is refused for the refresh token is told as dead, by %s', async (_name, body) => {
    await expect(endpoint(reply(400, body)).endpoint.refresh(CREDENTIALS)).rejects.toBeInstanceOf(
      RefreshTokenDeadError,
    );
  });

  test('that is refused for the client is not told as dead', async () => {
    const { endpoint: webex } = endpoint(
      reply(401, { error: 'invalid_client', error_description: 'client or refresh token invalid' }),
    );

    await expect(webex.refresh(CREDENTIALS)).rejects.toBeInstanceOf(TokenRequestRefusedError);
  });

  test.each<[string, HttpAnswer | TransportError, object]>([
    ['nobody answers', broken('unknown'), { name: 'TransportError', processed: 'unknown' }],
    ['Webex fails', reply(503), { name: 'WebexError', processed: 'unknown' }],
    ['Webex throttles', reply(429), { name: 'WebexError', code: 'throttled' }],
    ['the answer has no token', reply(200, { token: 'x' }), { name: 'WebexError', processed: 'yes' }],
  ])('fails as a fault where %s', async (_name, answer, expected) => {
    await expect(endpoint(answer).endpoint.refresh(CREDENTIALS)).rejects.toMatchObject(expected);
  });

  test('never tells what the answer held', async () => {
    const { endpoint: webex } = endpoint(reply(200, '{"access_token":"very-secret", broken'));

    const error = (await webex.refresh(CREDENTIALS).catch((reason: unknown) => reason)) as Error;

    expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain('very-secret');
  });
});

describe('the test of a new token', () => {
  const test_ = (answer: HttpAnswer | TransportError) => {
    const requests: HttpRequest[] = [];
    const tester = new WebexTokenTester({
      baseUrl: 'https://webex.test',
      orgId: ORG_ID,
      observer: { exchanged: () => undefined, refusedAfterRefresh: () => undefined },
      clock: { nowMs: () => NOW_MS, sleep: async () => undefined },
      resilience: { retryDelayMs: 1 },
      transport: async (request) => {
        requests.push(request);
        if (answer instanceof TransportError) throw answer;
        return answer;
      },
    });
    return { requests, tested: tester.test('new-token') };
  };

  test('is one cheap request with it', async () => {
    const { requests, tested } = test_(reply(200, { meta: { orgId: ORG_ID }, data: [] }));

    expect(await tested).toBe('taken');
    expect(requests).toHaveLength(1);
    expect(requests[0]?.headers['authorization']).toBe('Bearer new-token');
    expect(requests[0]?.url.searchParams.get('pageSize')).toBe('1');
  });

  test.each([
    ['a missing scope', 403, 'forbidden'],
    ['too many requests', 429, 'taken'],
  ])('is passed with %s', async (_name, status, outcome) => {
    expect(await test_(reply(status)).tested).toBe(outcome);
  });

  test('is failed by a 401', async () => {
    const { requests, tested } = test_(reply(401));

    await expect(tested).rejects.toBeInstanceOf(PendingTokenRefusedError);
    expect(requests).toHaveLength(1);
  });

  test('is failed by another organization', async () => {
    await expect(test_(reply(200, { meta: { orgId: 'other' }, data: [] })).tested).rejects.toThrow(
      'belongs to organization other',
    );
  });

  test('is not decided while Webex fails', async () => {
    await expect(test_(reply(503)).tested).rejects.toMatchObject({ code: 'server-error' });
  });
});
