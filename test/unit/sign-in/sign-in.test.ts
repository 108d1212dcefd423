import { describe, expect, test } from 'vitest';
import { type FinishSignInDeps, finishSignIn } from '../../../src/sign-in/finish-sign-in.ts';
import type { CodeExchange, ExchangeRefusal } from '../../../src/sign-in/ports.ts';
import { scopesFor } from '../../../src/sign-in/scopes.ts';
import { createSignInLink, signInMs, startSignIn } from '../../../src/sign-in/start-sign-in.ts';
import { type Result, fail, ok } from '../../../src/shared/result.ts';
import { PendingTokenRefusedError } from '../../../src/tokens/errors.ts';
import type { TokenGrant } from '../../../src/tokens/ports.ts';
import settings from '../../../ringback.config.ts';

const START_MS = Date.UTC(2026, 10, 23, 18);
const REDIRECT_URI = 'https://api.example.com/oauth/callback';
const CLIENT = { clientId: 'client', clientSecret: 'client-secret' };
const GRANT: TokenGrant = {
  accessToken: `abc_SIM1_${settings.organization.id}`,
  expiresInSeconds: 43_200,
  refreshToken: 'refresh-1',
  refreshTokenExpiresInSeconds: 5_184_000,
};

interface Answers {
  exchange?: Result<TokenGrant, ExchangeRefusal>;
  serviceApp?: Result<TokenGrant, ExchangeRefusal>;
  test?: () => Promise<'taken' | 'forbidden'>;
  webex?: Partial<typeof settings.webex>;
}

function build(stored: unknown = CLIENT, answers: Answers = {}) {
  let nowMs = START_MS;
  const items = new Map<string, { value: string; expiresAtMs: number }>();
  const exchanges: CodeExchange[] = [];
  const managers: string[] = [];
  let secret = JSON.stringify(stored);
  const deps: FinishSignInDeps & Parameters<typeof startSignIn>[0] = {
    store: {
      put: async (key, value, expiresAtMs) => void items.set(key, { value, expiresAtMs }),
      take: async (key) => {
        const found = items.get(key);
        items.delete(key);
        return found;
      },
    },
    server: {
      authorizeUrl: async ({ state, clientId, scopes, codeVerifier }) =>
        new URL(
          `https://webex.test/?${new URLSearchParams({ state, clientId, scopes: scopes.join(' '), codeVerifier }).toString()}`,
        ),
      exchange: async (exchange) => {
        exchanges.push(exchange);
        return answers.exchange ?? ok(GRANT);
      },
    },
    serviceApp: {
      issue: async (managerToken) => {
        managers.push(managerToken);
        return answers.serviceApp ?? ok({ ...GRANT, accessToken: `app_SIM1_${settings.organization.id}` });
      },
    },
    tester: { test: answers.test ?? (async () => 'taken') },
    secret: {
      current: async () => ({ versionId: 'v1', value: secret }),
      stages: async () => new Map([['v1', ['AWSCURRENT']]]),
      pending: async () => undefined,
      dropPending: async () => undefined,
      putCurrent: async (value) => {
        secret = value;
      },
    },
    clock: { nowMs: () => nowMs, sleep: async () => undefined },
    settings: { ...settings, webex: { ...settings.webex, ...answers.webex } },
  };
  return {
    deps,
    exchanges,
    managers,
    stored: () => JSON.parse(secret) as Record<string, unknown>,
    advance: (byMs: number) => {
      nowMs += byMs;
    },
  };
}

/** From a link to what the browser brings back. */
async function start({ deps }: ReturnType<typeof build>) {
  const { link } = await createSignInLink(deps, 'operator:ada');
  const started = await startSignIn(deps, { link, redirectUri: REDIRECT_URI });
  if (!started.ok) throw new Error(started.failure);
  const { authorizeUrl, browserSecret } = started.value;
  const state = authorizeUrl.searchParams.get('state') ?? '';
  return { link, authorizeUrl, state, browserSecret, parameters: new URLSearchParams({ state, code: 'code-1' }) };
}

describe('a link', () => {
  test('starts one sign-in, with the least scopes and a verifier that follows from the browser’s secret', async () => {
    const built = build();
    const { link, authorizeUrl, browserSecret, parameters } = await start(built);

    expect(await startSignIn(built.deps, { link, redirectUri: REDIRECT_URI })).toEqual(fail('link-used'));
    await finishSignIn(built.deps, { parameters, browserSecret });
    expect(authorizeUrl.searchParams.get('scopes')).toBe('cjp:user cjp:config_read cjp:config cjp:config_write');
    expect(built.exchanges[0]?.codeVerifier).toBe(authorizeUrl.searchParams.get('codeVerifier'));
    expect(built.exchanges[0]?.codeVerifier).toHaveLength(43);
  });

  test('is over after ten minutes', async () => {
    const built = build();
    const { link } = await createSignInLink(built.deps, 'operator:ada');
    built.advance(signInMs);

    expect(await startSignIn(built.deps, { link, redirectUri: REDIRECT_URI })).toEqual(fail('link-used'));
  });

  test.each([undefined, '', 'short', 'x'.repeat(44)])('that is %j is none', async (link) => {
    expect(await startSignIn(build().deps, { link, redirectUri: REDIRECT_URI })).toEqual(fail('no-link'));
  });

  test.each([[{ unauthorized: 'x' }], [{ clientId: 'client' }]])(
    'does not start a sign-in while the secret holds %j',
    async (stored) => {
      const { deps } = build(stored);
      const { link } = await createSignInLink(deps, 'operator:ada');

      expect(await startSignIn(deps, { link, redirectUri: REDIRECT_URI })).toEqual(fail('no-client'));
    },
  );

  test('cannot be used as a state', async () => {
    const { deps } = build();
    const { link } = await createSignInLink(deps, 'operator:ada');

    const finished = await finishSignIn(deps, {
      parameters: new URLSearchParams({ state: link, code: 'code-1' }),
      browserSecret: link,
    });

    expect(finished).toEqual(fail({ code: 'state-unknown' }));
  });
});

describe('what the browser brings back', () => {
  test('is exchanged and stored whole beside the client, with the times of the answer', async () => {
    const built = build();
    const { parameters, browserSecret } = await start(built);

    const finished = await finishSignIn(built.deps, { parameters, browserSecret });

    expect(finished).toEqual(ok({ operator: 'operator:ada', refreshTokenExpiresAtMs: START_MS + 5_184_000_000 }));
    expect(built.stored()).toEqual({
      ...CLIENT,
      accessToken: GRANT.accessToken,
      accessTokenExpiresAtMs: START_MS + 43_200_000,
      refreshToken: 'refresh-1',
      refreshTokenExpiresAtMs: START_MS + 5_184_000_000,
      issuedAtMs: START_MS,
    });
  });

  test('replaces an earlier sign-in, and nothing of it stays', async () => {
    const built = build({ ...CLIENT, accessToken: 'old', refreshToken: 'old', refreshedFrom: 'v1' });
    const { parameters, browserSecret } = await start(built);

    await finishSignIn(built.deps, { parameters, browserSecret });

    expect(built.stored()).toMatchObject({ refreshToken: 'refresh-1' });
    expect(built.stored()).not.toHaveProperty('refreshedFrom');
  });

  test('counts once', async () => {
    const built = build();
    const { parameters, browserSecret } = await start(built);
    await finishSignIn(built.deps, { parameters, browserSecret });

    const again = await finishSignIn(built.deps, { parameters, browserSecret });

    expect(again).toEqual(fail({ code: 'state-unknown' }));
    expect(built.exchanges).toHaveLength(1);
  });

  test('is refused after ten minutes', async () => {
    const built = build();
    const { parameters, browserSecret } = await start(built);
    built.advance(signInMs);

    expect(await finishSignIn(built.deps, { parameters, browserSecret })).toEqual(fail({ code: 'state-unknown' }));
  });

  test.each([undefined, '', 'A'.repeat(43)])('is refused with the cookie %j', async (browserSecret) => {
    const built = build();
    const { parameters } = await start(built);

    const finished = await finishSignIn(built.deps, { parameters, browserSecret });

    expect(finished).toEqual(fail({ code: 'other-browser', operator: 'operator:ada' }));
    expect(built.exchanges).toEqual([]);
  });

  test.each<[string, Answers, object]>([
    ['denied', { exchange: fail({ code: 'denied', oauthError: 'access_denied' }) }, { code: 'denied' }],
    [
      'of another organization',
      { exchange: ok({ ...GRANT, accessToken: 'abc_SIM1_97cdbf45-ebe2-4687-8341-44d5c7abf101' }) },
      { code: 'wrong-organization', detail: '97cdbf45-ebe2-4687-8341-44d5c7abf101' },
    ],
    ['without the needed scope', { test: async () => 'forbidden' }, { code: 'missing-scope' }],
    [
      'refused by Webex itself',
      { test: () => Promise.reject(new PendingTokenRefusedError('401')) },
      { code: 'token-refused' },
    ],
    [
      'without a refresh token',
      { exchange: ok({ accessToken: GRANT.accessToken, expiresInSeconds: 1 }) },
      { code: 'no-refresh-token' },
    ],
  ])('leaves the secret alone when it is %s', async (_what, answers, failure) => {
    const built = build(CLIENT, answers);
    const { parameters, browserSecret } = await start(built);

    const finished = await finishSignIn(built.deps, { parameters, browserSecret });

    expect(finished).toMatchObject({ ok: false, failure });
    expect(built.stored()).toEqual(CLIENT);
  });
});

describe('a Service App', () => {
  const secret = { ...CLIENT, signIn: { clientId: 'integration', clientSecret: 'integration-secret' } };
  const webex = { serviceApp: { id: 'app-1' } };

  test('gets its own tokens by the sign-in of the integration', async () => {
    const built = build(secret, { webex });
    const { authorizeUrl, parameters, browserSecret } = await start(built);

    const finished = await finishSignIn(built.deps, { parameters, browserSecret });

    expect(finished.ok).toBe(true);
    expect(authorizeUrl.searchParams.get('clientId')).toBe('integration');
    expect(authorizeUrl.searchParams.get('scopes')).toBe('spark:applications_token');
    expect(built.exchanges[0]?.client.clientId).toBe('integration');
    expect(built.managers).toEqual([GRANT.accessToken]);
    expect(built.stored()).toMatchObject({ ...secret, accessToken: `app_SIM1_${settings.organization.id}` });
  });

  test('that the organization has not authorized leaves the secret alone', async () => {
    const refusal = fail({ code: 'refused', oauthError: 'status 404' } as const);
    const built = build(secret, { webex, serviceApp: refusal });
    const { parameters, browserSecret } = await start(built);

    expect(await finishSignIn(built.deps, { parameters, browserSecret })).toMatchObject({
      failure: { code: 'refused', detail: 'status 404' },
    });
    expect(built.stored()).toEqual(secret);
  });
});

test.each([
  [{}, 'cjp:user cjp:config_read'],
  [{ dncLists: ['stop'] }, 'cjp:user cjp:config_read cjp:config cjp:config_write'],
  [{ scopes: ['cjp:user'] }, 'cjp:user'],
  [{ serviceApp: { id: 'app-1' } }, 'spark:applications_token'],
])('with %j and no campaign the scopes are %s', (webex, scopes) => {
  const uploads = { ...settings.uploads, campaigns: {} };
  expect(scopesFor({ webex: { ...settings.webex, ...webex }, uploads }).join(' ')).toBe(scopes);
});

test('a campaign that files go to needs the scopes of lists', () => {
  expect(scopesFor(settings)).toEqual(['cjp:user', 'cjp:config_read', 'cjp:config', 'cjp:config_write']);
});
