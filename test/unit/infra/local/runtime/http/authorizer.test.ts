import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JwtAuthorizer } from '../../../../../../infra/local/runtime/http/authorizer.ts';

const key = await generateKeyPair('RS256');
const otherKey = await generateKeyPair('RS256');

/** An issuer that only knows its discovery document and its keys. */
const server = createServer((request, response) => {
  const isDiscovery = request.url === '/.well-known/openid-configuration';
  void exportJWK(key.publicKey).then((jwk) => {
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify(
        isDiscovery ? { issuer, jwks_uri: `${issuer}/keys` } : { keys: [{ ...jwk, kid: 'k1', alg: 'RS256' }] },
      ),
    );
  });
});
let issuer = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const authorizer = () =>
  new JwtAuthorizer({
    ApiId: 'api',
    Name: 'operators',
    AuthorizerType: 'JWT',
    IdentitySource: ['$request.header.Authorization'],
    JwtConfiguration: { Issuer: issuer, Audience: ['ringback'] },
  });

const sign = (claims: JWTPayload = {}, privateKey = key.privateKey): Promise<string> =>
  new SignJWT({ iss: issuer, aud: 'ringback', exp: Math.floor(Date.now() / 1000) + 60, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
    .sign(privateKey);

const authorize = (token: string | undefined, scopes: readonly string[] = []) =>
  authorizer().authorize(token === undefined ? {} : { authorization: token }, new URLSearchParams(), scopes);

describe('the JWT authorizer', () => {
  it('hands on the claims as text, lists in brackets', async () => {
    const token = await sign({ sub: 'sam', groups: ['a', 'b'], admin: true });

    expect(await authorize(`Bearer ${token}`)).toMatchObject({
      outcome: 'allowed',
      claims: { iss: issuer, aud: 'ringback', sub: 'sam', groups: '[a b]', admin: 'true' },
      scopes: null,
    });
  });

  it('takes a token without the word Bearer, too', async () => {
    expect(await authorize(await sign())).toMatchObject({ outcome: 'allowed' });
  });

  it.each([
    ['has expired', { exp: 1 }],
    ['comes from another issuer', { iss: 'https://elsewhere.example' }],
    ['is for another audience', { aud: 'others' }],
    ['is not good yet', { nbf: Math.floor(Date.now() / 1000) + 600 }],
  ])('refuses a token that %s', async (_what, claims) => {
    expect(await authorize(`Bearer ${await sign(claims)}`)).toMatchObject({ outcome: 'unauthorized' });
  });

  it('refuses a token that another key signed, that is no token, or that is missing', async () => {
    const forged = await sign({}, otherKey.privateKey);

    const outcomes = await Promise.all(
      [`Bearer ${forged}`, 'Bearer x', '', undefined].map((token) => authorize(token)),
    );

    expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array(4).fill('unauthorized'));
  });

  it('wants one of the scopes of the route', async () => {
    const token = `Bearer ${await sign({ scope: 'calls:read calls:write' })}`;

    expect(await authorize(token, ['calls:write', 'admin'])).toMatchObject({
      outcome: 'allowed',
      scopes: ['calls:read', 'calls:write'],
    });
    expect(await authorize(token, ['admin'])).toEqual({ outcome: 'forbidden' });
  });

  it('throws where the issuer cannot be read, rather than let anybody in', async () => {
    const lost = new JwtAuthorizer({
      ApiId: 'api',
      Name: 'operators',
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      // Nobody listens on the discard port of the loopback.
      JwtConfiguration: { Issuer: 'http://127.0.0.1:9', Audience: ['ringback'] },
    });

    await expect(lost.authorize({ authorization: await sign() }, new URLSearchParams(), [])).rejects.toThrow();
  });
});
