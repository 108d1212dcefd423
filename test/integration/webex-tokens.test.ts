import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type RotationOutcome,
  type SecretsManager,
  startSecretsManager,
} from '../../infra/local/services/secrets-manager.ts';
import { startWebexSimulator, type WebexSimulator } from '../../infra/local/webex/simulator.ts';
import { SecretsManagerRotatableSecret } from '../../src/adapters/secrets/rotatable-secret.ts';
import { SecretsManagerVersions } from '../../src/adapters/secrets/secret-versions.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createWebexClient } from '../../src/adapters/webex/client.ts';
import { WebexTaskGateway } from '../../src/adapters/webex/task-gateway.ts';
import { WebexTokenEndpoint } from '../../src/adapters/webex/token-endpoint.ts';
import { WebexTokenTester } from '../../src/adapters/webex/token-tester.ts';
import { createHttpTransport } from '../../src/adapters/webex/transport.ts';
import type { TaskAnswer } from '../../src/calls/task-gateway.ts';
import { CachedAccessTokens } from '../../src/tokens/access-tokens.ts';
import type { WebexCredentials } from '../../src/tokens/ports.ts';
import { rotateToken } from '../../src/tokens/rotate-token.ts';

const ORG_ID = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';
const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:webex-AbCdEf';
const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:rotate-token';
const CLIENT = { id: 'client', secret: 'client-secret' };
const clock = createSystemClock();
const quiet = { exchanged: () => undefined, refusedAfterRefresh: () => undefined };

let folder: string;
let simulator: WebexSimulator;
let service: SecretsManager;
let client: SecretsManagerClient;
let outcomes: RotationOutcome[];

/** The stack's parts: Webex with refresh tokens that rotate, Secrets Manager, and the rotation as rotate-token wires it. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringback-tokens-'));
  outcomes = [];
  simulator = await startWebexSimulator({
    port: 0,
    dataDir: join(folder, 'webex'),
    organizationId: ORG_ID,
    client: CLIENT,
    requestsPerMinute: 10_000,
    rotateRefreshTokens: true,
    settings: { revokeAccessTokensOnRefresh: true },
  });
  service = await startSecretsManager({
    dataDir: folder,
    region: 'us-east-1',
    accountId: '000000000000',
    invokeRotation: async (_functionArn, { Step, ClientRequestToken }) => {
      await rotateToken(rotation, Step, ClientRequestToken);
    },
    onRotation: (outcome) => outcomes.push(outcome),
  });
  client = new SecretsManagerClient({
    region: 'us-east-1',
    endpoint: service.url.href,
    credentials: { accessKeyId: 'K', secretAccessKey: 's' },
  });
  const transport = createHttpTransport();
  const rotation = {
    secret: new SecretsManagerVersions(client, SECRET_ARN),
    endpoint: new WebexTokenEndpoint(new URL('/v1/access_token', simulator.url).href, transport),
    tester: new WebexTokenTester({ baseUrl: simulator.url.href, orgId: ORG_ID, observer: quiet, clock, transport }),
    clock,
    unsaved: new Map<string, string>(),
  };
  service.ensureSecret({ name: 'webex', arn: SECRET_ARN, initialValue: { secretString: JSON.stringify(signIn()) } });
  service.ensureRotation({
    secretId: SECRET_ARN,
    functionArn: FUNCTION_ARN,
    rules: { ScheduleExpression: 'rate(6 hours)' },
  });
});
afterEach(async () => {
  client.destroy();
  await service.settled();
  await service.close();
  await simulator.close();
  await rm(folder, { recursive: true });
});

function signIn(): WebexCredentials {
  const issued = simulator.issueTokens();
  return {
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    accessToken: issued.accessToken,
    accessTokenExpiresAtMs: Date.now() + issued.expiresInSeconds * 1_000,
    refreshToken: issued.refreshToken,
    refreshTokenExpiresAtMs: Date.now() + issued.refreshExpiresInSeconds * 1_000,
  };
}

/** One function's process: its own cache and connections. */
function process_(): WebexTaskGateway {
  const tokens = new CachedAccessTokens(new SecretsManagerRotatableSecret(client, SECRET_ARN), clock, {
    pollMs: 50,
    waitMaxMs: 3_000,
  });
  return new WebexTaskGateway(
    createWebexClient({
      baseUrl: simulator.url.href,
      orgId: ORG_ID,
      tokens,
      clock,
      observer: quiet,
      lane: 'callbacks',
    }),
    'ringback_attempt',
  );
}

const place = (gateway: WebexTaskGateway, attemptId: string): Promise<TaskAnswer> =>
  gateway.createTask(
    {
      attemptId,
      kind: 'callback',
      type: 'CALLBACK',
      destination: '+14155550132',
      entryPointId: 'entry-point',
      attributes: {},
    },
    Date.now() + 8_000,
  );

async function ask(path: string, method = 'GET', body?: unknown): Promise<unknown> {
  const answer = await fetch(new URL(path, simulator.url), {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? undefined : answer.json();
}
const revoke = (kind: 'access' | 'refresh'): Promise<unknown> => ask('/_tokens/revoke', 'POST', { kind });
const refreshes = async (): Promise<number> =>
  ((await ask('/_requests')) as { path: string }[]).filter(({ path }) => path.startsWith('/v1/access_token')).length;
const stored = async (): Promise<WebexCredentials> => {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: SECRET_ARN }));
  return JSON.parse(SecretString ?? '') as WebexCredentials;
};

test('ten processes that meet a 401 at once place their calls after one refresh', async () => {
  const processes = Array.from({ length: 10 }, process_);
  await Promise.all(processes.map((gateway, index) => place(gateway, `warm-${index}`)));
  await revoke('access');

  const answers = await Promise.all(processes.map((gateway, index) => place(gateway, `attempt-${index}`)));

  expect(answers.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 10 }, () => 'placed'));
  expect(await refreshes()).toBe(1);
  expect(await ask('/_tasks')).toHaveLength(20);
});

test('the rotation goes on for as long as each new refresh token is kept', async () => {
  const gateway = process_();
  const used = new Set([(await stored()).refreshToken]);
  // Older than the time within which a second rotation would keep the token.
  const age = async (): Promise<void> => {
    const value = JSON.stringify({ ...(await stored()), issuedAtMs: Date.now() - 60_000 });
    await client.send(new PutSecretValueCommand({ SecretId: SECRET_ARN, SecretString: value }));
  };

  for (let round = 0; round < 4; round += 1) {
    await service.settled();
    await age();
    await revoke('access');
    expect(await place(process_(), `round-${round}`)).toMatchObject({ outcome: 'placed' });
    used.add((await stored()).refreshToken);
  }

  expect(used.size).toBe(5);
  expect(await place(gateway, 'last')).toMatchObject({ outcome: 'placed' });
});

test('everything waits when the refresh token is dead, and goes on after a sign-in', async () => {
  await revoke('access');
  await revoke('refresh');
  const gateway = process_();

  expect(await place(gateway, 'attempt')).toMatchObject({ outcome: 'unsent' });
  expect(outcomes).toContainEqual(
    expect.objectContaining({ outcome: 'failed', reason: expect.stringContaining('sign in again') as string }),
  );

  await client.send(new PutSecretValueCommand({ SecretId: SECRET_ARN, SecretString: JSON.stringify(signIn()) }));
  expect(await place(process_(), 'attempt')).toMatchObject({ outcome: 'placed' });
  expect(await ask('/_tasks')).toHaveLength(1);
});
