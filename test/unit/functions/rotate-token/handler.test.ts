import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createHandler } from '../../../../functions/rotate-token/handler.ts';
import { setUp } from '../../tokens/support/fakes.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:webex-AbCdEf';
const VERSION = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';
const step = (Step: string, over: object = {}) => ({
  Step,
  SecretId: SECRET_ARN,
  ClientRequestToken: VERSION,
  ...over,
});

const printed: string[] = [];
beforeEach(() => {
  // Powertools then prints through the console that is watched here.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  printed.length = 0;
  for (const method of ['log', 'info', 'error', 'warn'] as const)
    vi.spyOn(console, method).mockImplementation((line: unknown) => void printed.push(String(line)));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

function build() {
  const built = setUp();
  built.secret.stagePending(VERSION);
  const counted: Record<string, number> = {};
  const observability = {
    logger: new Logger({ serviceName: 'rotate-token' }),
    metrics: new Metrics({ namespace: 'Ringback', serviceName: 'rotate-token' }),
  };
  const addMetric = observability.metrics.addMetric.bind(observability.metrics);
  vi.spyOn(observability.metrics, 'addMetric').mockImplementation((name, unit, value) => {
    counted[name] = value;
    return addMetric(name, unit, value);
  });
  const handler = createHandler({ ...built.deps, ...observability, secretArn: SECRET_ARN });
  return { ...built, counted, invoke: (event: unknown) => handler(event, {} as Context) };
}

test('rotates in the four steps and tells the days that the refresh token has left', async () => {
  const { invoke, secret, counted } = build();

  for (const name of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) await invoke(step(name));

  expect(secret.currentCredentials().accessToken).toBe('access-2');
  expect(counted).toMatchObject({ RefreshTokenDaysLeft: 60, TokenRotationFailed: 0 });
});

test('fails the rotation and asks for a sign-in when the refresh token is dead', async () => {
  const { invoke, endpoint, counted } = build();
  endpoint.dead = true;

  await expect(invoke(step('createSecret'))).rejects.toMatchObject({ code: 'refresh-token-dead' });

  expect(counted).toEqual({ RefreshTokenDead: 1 });
});

test('refuses a step for another secret', async () => {
  const { invoke, endpoint, counted } = build();

  await expect(invoke(step('createSecret', { SecretId: 'arn:other' }))).rejects.toThrow('another secret');

  expect(endpoint.asked).toEqual([]);
  expect(counted).toMatchObject({ TokenRotationFailed: 1 });
});

test('refuses an event that is not a step', async () => {
  await expect(build().invoke({ Step: 'other' })).rejects.toThrow(
    'not a rotation step: Step, SecretId, ClientRequestToken',
  );
});

test('prints no token and no secret', async () => {
  const { invoke, endpoint } = build();
  await invoke(step('createSecret'));
  endpoint.dead = true;
  await invoke(step('finishSecret', { ClientRequestToken: 'x'.repeat(36) })).catch(() => undefined);

  expect(printed.length).toBeGreaterThan(1);
  expect(printed.join('\n')).not.toMatch(/access-\d|refresh-\d|client-secret/);
});
