import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebexAuthorizationServer } from '../../../../src/adapters/oauth/webex-authorization.ts';

const STATE = 's'.repeat(43);
const VERIFIER = 'v'.repeat(43);
const CLIENT = { clientId: 'client', clientSecret: 'secret&more' };
const TOKENS = {
  access_token: 'a',
  expires_in: 43_200,
  refresh_token: 'r',
  refresh_token_expires_in: '5184000',
  token_type: 'Bearer',
};

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A token endpoint that answers as told, or never. */
async function build(answer: { status: number; body: unknown; headers?: Record<string, string> } | 'silence') {
  const forms: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      forms.push(new URLSearchParams(body));
      if (answer === 'silence') return;
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const webex = new WebexAuthorizationServer({
    authorizeUrl: `${origin}/v1/authorize`,
    tokenUrl: `${origin}/v1/access_token`,
    timeoutMs: 300,
  });
  const exchange = (parameters: Record<string, string>) =>
    webex.exchange({
      client: CLIENT,
      parameters: new URLSearchParams(parameters),
      state: STATE,
      redirectUri: 'https://api.example.com/oauth/callback',
      codeVerifier: VERIFIER,
    });
  return { webex, forms, exchange };
}

test('sends the browser to Webex with everything that the flow needs', async () => {
  const { webex } = await build('silence');

  const url = await webex.authorizeUrl({
    clientId: 'client',
    redirectUri: 'https://api.example.com/oauth/callback',
    state: STATE,
    scopes: ['cjp:user', 'cjp:config_read'],
    codeVerifier: VERIFIER,
  });

  expect(Object.fromEntries(url.searchParams)).toEqual({
    response_type: 'code',
    client_id: 'client',
    redirect_uri: 'https://api.example.com/oauth/callback',
    scope: 'cjp:user cjp:config_read',
    state: STATE,
    code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
    code_challenge_method: 'S256',
  });
});

test('exchanges the code with the client in the body, and reads lifetimes that are numbers or digits', async () => {
  const { exchange, forms } = await build({ status: 200, body: TOKENS });

  const granted = await exchange({ state: STATE, code: 'code-1', iss: 'https://idbroker.example' });

  expect(granted).toEqual({
    ok: true,
    value: { accessToken: 'a', expiresInSeconds: 43_200, refreshToken: 'r', refreshTokenExpiresInSeconds: 5_184_000 },
  });
  expect(Object.fromEntries(forms[0] ?? [])).toEqual({
    grant_type: 'authorization_code',
    code: 'code-1',
    redirect_uri: 'https://api.example.com/oauth/callback',
    code_verifier: VERIFIER,
    client_id: 'client',
    client_secret: 'secret&more',
  });
});

test.each([
  ['denied', 'access_denied'],
  ['scope-refused', 'invalid_scope'],
  ['refused', 'unknown_error'],
] as const)('tells %s where the browser brings %s, and asks for no token', async (code, oauthError) => {
  const { exchange, forms } = await build({ status: 200, body: TOKENS });

  expect(await exchange({ state: STATE, error: oauthError })).toEqual({ ok: false, failure: { code, oauthError } });
  expect(forms).toEqual([]);
});

test.each([
  ['a code that is used up', { status: 400, body: { error: 'invalid_grant' } }, 'code-refused'],
  ['a wrong client secret', { status: 401, body: { error: 'invalid_client' } }, 'client-refused'],
  ['a challenge', { status: 401, body: '', headers: { 'www-authenticate': 'Basic realm="x"' } }, 'client-refused'],
  ['an outage', { status: 503, body: 'sorry' }, 'no-answer'],
  ['a body that is not JSON', { status: 200, body: '<html>' }, 'no-answer'],
  ['tokens without a lifetime', { status: 200, body: { access_token: 'a', token_type: 'Bearer' } }, 'no-answer'],
  ['no answer in time', 'silence' as const, 'no-answer'],
])('takes %s for what it is', async (_what, answer, code) => {
  const { exchange } = await build(answer);

  expect(await exchange({ state: STATE, code: 'code-1' })).toMatchObject({ ok: false, failure: { code } });
});

test('takes an address without a code for no answer', async () => {
  const { exchange, forms } = await build({ status: 200, body: TOKENS });

  expect(await exchange({ state: STATE })).toMatchObject({ ok: false, failure: { code: 'no-answer' } });
  expect(forms).toEqual([]);
});
