import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  at,
  callbackTask,
  CLIENT,
  ORGANIZATION_ID,
  type Reply,
  startTestSimulator,
  type TestSimulator,
} from '../support/webex-simulator.ts';

const REDIRECT_URI = 'http://127.0.0.1:9/oauth/callback';
const SCOPE = 'cjp:user cjp:config_read';

let webex: TestSimulator;
beforeEach(async () => {
  webex = await startTestSimulator();
});
afterEach(() => webex.stop());

const change = (settings: object) => webex.control('PATCH', '/_settings', settings);

/** Browser traffic, which is outside the operations of the contract. */
async function browse(
  path: string,
  form?: Readonly<Record<string, string>>,
): Promise<{ status: number; text: string; location: URL | undefined }> {
  const body = form ? new URLSearchParams(form) : null;
  const response = await fetch(new URL(path, webex.simulator.url), {
    method: form ? 'POST' : 'GET',
    body,
    redirect: 'manual',
  });
  const location = response.headers.get('location');
  return {
    status: response.status,
    text: await response.text(),
    location: location === null ? undefined : new URL(location),
  };
}

const authorizePath = (changes: Readonly<Record<string, string>> = {}): string =>
  `/v1/authorize?${new URLSearchParams({ response_type: 'code', client_id: CLIENT.id, redirect_uri: REDIRECT_URI, scope: SCOPE, state: 'state-1', ...changes }).toString()}`;

async function decide(
  decision: 'allow' | 'deny',
  changes: Readonly<Record<string, string>> = {},
): Promise<URL | undefined> {
  const page = await browse(authorizePath(changes));
  const signIn = /name="signIn" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  return (await browse('/v1/authorize', { signIn, decision })).location;
}

const token = (form: Readonly<Record<string, string>>): Promise<Reply> =>
  webex.call('POST', '/v1/access_token', {
    token: null,
    form: { client_id: CLIENT.id, client_secret: CLIENT.secret, ...form },
  });
const exchange = (code: string, changes: Readonly<Record<string, string>> = {}) =>
  token({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, ...changes });
const refresh = (refreshToken: string) => token({ grant_type: 'refresh_token', refresh_token: refreshToken });
const text = (reply: Reply, member: string) => String(at(reply.json, member));

describe('the sign-in page', () => {
  it('gives a code and the state back on Allow, and the code buys tokens that work', async () => {
    const location = await decide('allow');

    const tokens = await exchange(location?.searchParams.get('code') ?? '');
    const task = await webex.call('POST', '/v1/tasks', { token: text(tokens, 'access_token'), body: callbackTask() });

    expect(location?.searchParams.get('state')).toBe('state-1');
    expect(tokens.json).toMatchObject({
      expires_in: 1_209_600,
      refresh_token_expires_in: 7_776_000,
      token_type: 'Bearer',
    });
    expect(task.status).toBe(201);
  });

  it('names the integration, the organization and every scope', async () => {
    const page = await browse(authorizePath());

    for (const words of [CLIENT.id, ORGANIZATION_ID, 'cjp:user', 'cjp:config_read', 'Allow', 'Deny'])
      expect(page.text).toContain(words);
  });

  it('gives access_denied and the state back on Deny', async () => {
    const location = await decide('deny');

    expect(Object.fromEntries(location?.searchParams ?? [])).toMatchObject({
      error: 'access_denied',
      state: 'state-1',
    });
  });

  it.each([
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ scope: 'cjp:everything' }, 'invalid_scope'],
    [{ scope: '' }, 'invalid_scope'],
    [{ code_challenge: 'abc', code_challenge_method: 'plain' }, 'invalid_request'],
  ])('tells the client of %j as %s', async (changes, error) => {
    const { location } = await browse(authorizePath(changes));

    expect(location?.searchParams.get('error')).toBe(error);
  });

  it.each<Record<string, string>>([
    { client_id: 'someone' },
    { redirect_uri: 'javascript:alert(1)' },
    { redirect_uri: 'http://elsewhere.example/' },
  ])('sends the person nowhere when it gets %j', async (changes) => {
    await change({ redirectUris: [REDIRECT_URI] });

    const page = await browse(authorizePath(changes));

    expect([page.status, page.location]).toEqual([400, undefined]);
  });

  it('counts once: its form, and the code', async () => {
    const page = await browse(authorizePath());
    const signIn = /name="signIn" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const first = await browse('/v1/authorize', { signIn, decision: 'allow' });
    const code = first.location?.searchParams.get('code') ?? '';

    const secondForm = await browse('/v1/authorize', { signIn, decision: 'allow' });
    const [firstCode, secondCode] = [await exchange(code), await exchange(code)];

    expect(secondForm.status).toBe(400);
    expect([firstCode.status, secondCode.status, text(secondCode, 'error')]).toEqual([200, 400, 'invalid_grant']);
  });

  it('gives a token of the organization that signed in', async () => {
    await change({ signInOrganizationId: '97cdbf45-ebe2-4687-8341-44d5c7abf101' });

    const tokens = await exchange((await decide('allow'))?.searchParams.get('code') ?? '');

    expect(text(tokens, 'access_token')).toMatch(/_97cdbf45-ebe2-4687-8341-44d5c7abf101$/);
  });
});

describe('the code', () => {
  it('has expired after its lifetime', async () => {
    const code = (await decide('allow'))?.searchParams.get('code') ?? '';
    webex.clock.timeMs += 60_000;

    const reply = await exchange(code);

    expect([reply.status, text(reply, 'error')]).toEqual([400, 'invalid_grant']);
  });

  it('is refused with another redirect_uri', async () => {
    const code = (await decide('allow'))?.searchParams.get('code') ?? '';

    expect(text(await exchange(code, { redirect_uri: 'http://127.0.0.1:9/other' }), 'error')).toBe('invalid_grant');
  });

  it('needs the verifier of its challenge', async () => {
    const verifier = 'v'.repeat(43);
    const challenge = {
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    };
    const [first, second] = [await decide('allow', challenge), await decide('allow', challenge)];

    const without = await exchange(first?.searchParams.get('code') ?? '');
    const proven = await exchange(second?.searchParams.get('code') ?? '', { code_verifier: verifier });

    expect([without.status, proven.status]).toEqual([400, 200]);
  });
});

describe('the token endpoint', () => {
  it.each([
    [{ grant_type: 'refresh_token', client_secret: 'wrong' }, 401, 'invalid_client'],
    [{ grant_type: 'refresh_token' }, 400, 'invalid_request'],
    [{ grant_type: 'refresh_token', refresh_token: 'unknown' }, 400, 'invalid_grant'],
    [{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
    [{}, 400, 'invalid_request'],
    [{ grant_type: 'authorization_code', code: 'x' }, 400, 'invalid_request'],
  ])('answers %j with %i %s', async (form, status, error) => {
    const reply = await token(form);

    expect([reply.status, text(reply, 'error')]).toEqual([status, error]);
    expect(reply.headers.get('cache-control')).toBe('no-store');
  });

  it('refuses JSON', async () => {
    const reply = await webex.call('POST', '/v1/access_token', { token: null, body: { grant_type: 'refresh_token' } });

    expect([reply.status, text(reply, 'error')]).toEqual([400, 'invalid_request']);
  });

  it('keeps the refresh token and both access tokens when nothing rotates', async () => {
    const reply = await refresh(webex.refreshToken);

    expect(text(reply, 'refresh_token')).toBe(webex.refreshToken);
    expect(text(reply, 'access_token')).not.toBe(webex.token);
    expect((await webex.call('GET', '/v1/tasks?from=0')).status).toBe(200);
  });

  it('answers a new refresh token and kills the old one when they rotate', async () => {
    await change({ rotateRefreshTokens: true });
    const first = await refresh(webex.refreshToken);

    const [old, next] = [await refresh(webex.refreshToken), await refresh(text(first, 'refresh_token'))];

    expect([old.status, text(old, 'error'), next.status]).toEqual([400, 'invalid_grant', 200]);
  });

  it('kills earlier access tokens on a refresh when that is set', async () => {
    await change({ revokeAccessTokensOnRefresh: true });
    await refresh(webex.refreshToken);

    expect((await webex.call('GET', '/v1/tasks?from=0')).status).toBe(401);
  });

  it('refuses an expired refresh token', async () => {
    await change({ refreshTokenLifetimeSeconds: 10 });
    const { refreshToken } = webex.simulator.issueTokens();
    webex.clock.timeMs += 10_000;

    expect(text(await refresh(refreshToken), 'error')).toBe('invalid_grant');
  });

  it('gives tokens that live 60 s when that is set over HTTP', async () => {
    await change({ accessTokenLifetimeSeconds: 60 });

    const reply = await refresh(webex.refreshToken);

    expect(at(reply.json, 'expires_in')).toBe(60);
  });
});

describe('the Service App token endpoint', () => {
  const body = { clientId: CLIENT.id, clientSecret: CLIENT.secret, targetOrgId: ORGANIZATION_ID };
  const ask = (bearer: string, changes = {}) =>
    webex.call('POST', '/v1/applications/app-1/token', { token: bearer, body: { ...body, ...changes } });
  const manager = async () =>
    String(at((await webex.control('POST', '/_tokens', { scope: 'spark:applications_token' })).json, 'accessToken'));

  it('gives tokens that work to whoever manages application tokens', async () => {
    const reply = await ask(await manager());

    expect(reply.status).toBe(200);
    expect(
      (await webex.call('POST', '/v1/tasks', { token: text(reply, 'access_token'), body: callbackTask() })).status,
    ).toBe(201);
  });

  it('refuses another token, a wrong secret and an organization that has not authorized it', async () => {
    const bearer = await manager();

    const replies = [
      await ask(webex.token),
      await ask(bearer, { clientSecret: 'wrong' }),
      await ask(bearer, { targetOrgId: 'other' }),
    ];

    expect(replies.map(({ status }) => status)).toEqual([401, 400, 404]);
  });
});
