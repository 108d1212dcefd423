import { expect, test } from 'vitest';
import { WebexServiceAppTokens } from '../../../../src/adapters/oauth/service-app-tokens.ts';
import { type HttpAnswer, type HttpRequest, TransportError } from '../../../../src/adapters/webex/transport.ts';

const CLIENT = { clientId: 'client', clientSecret: 'client-secret' };
const TOKENS = { access_token: 'a', expires_in: 1_209_600, refresh_token: 'r', refresh_token_expires_in: 7_776_000 };

function build(answer: { status: number; body: string } | Error) {
  const requests: HttpRequest[] = [];
  const tokens = new WebexServiceAppTokens({
    applicationsUrl: 'https://webex.test/v1/applications',
    applicationId: 'app/1',
    targetOrganizationId: 'org-1',
    transport: async (request): Promise<HttpAnswer> => {
      requests.push(request);
      if (answer instanceof Error) throw answer;
      return { ...answer, headers: {}, bodyComplete: true };
    },
  });
  return { tokens, requests };
}

test('asks for the tokens of the application with the token of who manages it', async () => {
  const { tokens, requests } = build({ status: 200, body: JSON.stringify(TOKENS) });

  const issued = await tokens.issue('manager', CLIENT);

  expect(issued).toEqual({
    ok: true,
    value: {
      accessToken: 'a',
      expiresInSeconds: 1_209_600,
      refreshToken: 'r',
      refreshTokenExpiresInSeconds: 7_776_000,
    },
  });
  expect(requests[0]?.url.href).toBe('https://webex.test/v1/applications/app%2F1/token');
  expect(requests[0]?.headers['authorization']).toBe('Bearer manager');
  expect(JSON.parse(requests[0]?.body ?? '')).toEqual({ ...CLIENT, targetOrgId: 'org-1' });
});

test.each([
  [
    { status: 404, body: '' },
    { code: 'refused', oauthError: 'status 404' },
  ],
  [{ status: 429, body: '' }, { code: 'no-answer' }],
  [{ status: 503, body: '' }, { code: 'no-answer' }],
  [{ status: 200, body: '<html>' }, { code: 'no-answer' }],
  [{ status: 200, body: '{"access_token":"a"}' }, { code: 'no-answer' }],
  [new TransportError('ECONNREFUSED', 'no'), { code: 'no-answer' }],
])('takes %o for no tokens', async (answer, failure) => {
  expect(await build(answer).tokens.issue('manager', CLIENT)).toEqual({ ok: false, failure });
});
