import { describe, expect, test } from 'vitest';
import {
  PendingTokenRefusedError,
  RefreshTokenDeadError,
  RotationSupersededError,
} from '../../../src/tokens/errors.ts';
import { type RotationStep, rotateToken } from '../../../src/tokens/rotate-token.ts';
import { credentials, FakeEndpoint, FakeSecret, ManualClock, runRotation, setUp } from './support/fakes.ts';

const STEPS: readonly RotationStep[] = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

test('the new tokens are current after the four steps, with the expiry times of the answer', async () => {
  const { deps, secret, tested, clock } = setUp();
  secret.stagePending('v2');

  await runRotation(deps, 'v2');

  expect(secret.currentCredentials()).toEqual({
    clientId: 'client',
    clientSecret: 'client-secret',
    accessToken: 'access-2',
    accessTokenExpiresAtMs: clock.nowMs() + 43_200_000,
    refreshToken: 'refresh-2',
    refreshTokenExpiresAtMs: clock.nowMs() + 5_184_000_000,
    issuedAtMs: clock.nowMs(),
    refreshedFrom: 'v1',
  });
  expect(tested).toEqual(['access-2']);
});

test('the old refresh token and its expiry stay when the answer brings none', async () => {
  const { deps, secret } = setUp({ endpoint: new FakeEndpoint(false) });
  secret.stagePending('v2');

  await runRotation(deps, 'v2');

  expect(secret.currentCredentials()).toMatchObject({
    accessToken: 'access-2',
    refreshToken: 'refresh-1',
    refreshTokenExpiresAtMs: credentials().refreshTokenExpiresAtMs,
  });
});

describe.each(STEPS)('a crash after %s', (crashed) => {
  test('leaves nothing lost: the repeated rotation ends with one refresh', async () => {
    const { deps, secret, endpoint } = setUp();
    secret.stagePending('v2');
    for (const step of STEPS.slice(0, STEPS.indexOf(crashed) + 1)) await rotateToken(deps, step, 'v2');

    // Another process, without anything in memory, runs the whole rotation again.
    await runRotation({ ...deps, unsaved: new Map() }, 'v2');

    expect(endpoint.asked).toEqual(['refresh-1']);
    expect(secret.currentCredentials()).toMatchObject({ accessToken: 'access-2', refreshToken: 'refresh-2' });
  });
});

describe('a write that fails after the refresh', () => {
  test('is made good from memory, because the refresh token is used up', async () => {
    const { deps, secret, endpoint } = setUp();
    secret.stagePending('v2');
    secret.failWrite = new Error('Secrets Manager is away');
    await expect(rotateToken(deps, 'createSecret', 'v2')).rejects.toThrow('Secrets Manager is away');

    await runRotation(deps, 'v2');

    expect(endpoint.asked).toEqual(['refresh-1']);
    expect(secret.currentCredentials().refreshToken).toBe('refresh-2');
  });

  test('is made good by a rotation under another version id', async () => {
    const { deps, secret, endpoint } = setUp();
    secret.stagePending('v2');
    secret.failWrite = new Error('Secrets Manager is away');
    await rotateToken(deps, 'createSecret', 'v2').catch(() => undefined);
    secret.stagePending('v3');

    await runRotation(deps, 'v3');

    expect(endpoint.asked).toEqual(['refresh-1']);
    expect(secret.currentCredentials().refreshToken).toBe('refresh-2');
  });

  test('costs a second refresh only in a new process, which a refresh token that does not rotate survives', async () => {
    const { deps, secret, endpoint } = setUp({ endpoint: new FakeEndpoint(false) });
    secret.stagePending('v2');
    secret.failWrite = new Error('killed');
    await rotateToken(deps, 'createSecret', 'v2').catch(() => undefined);

    await runRotation({ ...deps, unsaved: new Map() }, 'v2');

    expect(endpoint.asked).toEqual(['refresh-1', 'refresh-1']);
    expect(secret.currentCredentials().accessToken).toBe('access-3');
  });
});

describe('a refresh', () => {
  test('that answers late shortens the lifetime by the wait, because it counts from the asking', async () => {
    const { deps, secret, endpoint, clock } = setUp();
    const askedAtMs = clock.nowMs();
    endpoint.delay = () => clock.sleep(9_000);
    secret.stagePending('v2');

    const rotation = runRotation(deps, 'v2');
    await clock.advance(10_000);
    await rotation;

    expect(secret.currentCredentials().accessTokenExpiresAtMs).toBe(askedAtMs + 43_200_000);
  });

  test('that runs twice at once leaves the version that was written first', async () => {
    const { deps, secret, endpoint } = setUp({ endpoint: new FakeEndpoint(false) });
    secret.stagePending('v2');

    await Promise.all([
      rotateToken(deps, 'createSecret', 'v2'),
      rotateToken({ ...deps, unsaved: new Map() }, 'createSecret', 'v2'),
    ]);
    await runRotation(deps, 'v2');

    expect(endpoint.asked).toHaveLength(2);
    expect(secret.currentCredentials().accessToken).toBe('access-2');
    expect([...secret.values.keys()]).toEqual(['v1', 'v2']);
  });

  test('that is refused as invalid_grant is told as a dead refresh token and changes nothing', async () => {
    const { deps, secret, endpoint } = setUp();
    endpoint.dead = true;
    secret.stagePending('v2');

    await expect(rotateToken(deps, 'createSecret', 'v2')).rejects.toBeInstanceOf(RefreshTokenDeadError);

    expect(secret.currentCredentials()).toEqual(credentials());
    expect(await secret.pending('v2')).toBeUndefined();
  });

  test('is saved when the current token was made a moment ago by another rotation', async () => {
    const { deps, secret, endpoint, clock } = setUp();
    secret.stagePending('v2');
    await runRotation(deps, 'v2');
    await clock.advance(9_000);
    secret.stagePending('v3');

    await runRotation(deps, 'v3');

    expect(endpoint.asked).toHaveLength(1);
    expect(secret.currentCredentials()).toMatchObject({ accessToken: 'access-2', refreshedFrom: 'v2' });
  });

  test.each([
    ['behind', -300_000],
    ['ahead', 300_000],
  ])('is made for an old token although the clock of who stored it was 5 minutes %s', async (_name, skewMs) => {
    const clock = new ManualClock();
    const secret = new FakeSecret(JSON.stringify(credentials({ issuedAtMs: clock.nowMs() + skewMs })));
    const { deps, endpoint } = setUp({ secret, clock });
    secret.stagePending('v2');

    await runRotation(deps, 'v2');

    expect(endpoint.asked).toEqual(['refresh-1']);
  });
});

describe('a step', () => {
  test('does nothing for a version that is current already', async () => {
    const { deps, endpoint } = setUp();

    const report = await rotateToken(deps, 'createSecret', 'v1');

    expect(report).toEqual({ step: 'createSecret', refreshed: false });
    expect(endpoint.asked).toEqual([]);
  });

  test('is refused for a version that a sign-in has taken the stage from', async () => {
    const { deps } = setUp();

    await expect(rotateToken(deps, 'createSecret', 'v9')).rejects.toBeInstanceOf(RotationSupersededError);
  });

  test('finishSecret is refused before the pending version is written', async () => {
    const { deps, secret } = setUp();
    secret.stagePending('v2');

    await expect(rotateToken(deps, 'finishSecret', 'v2')).rejects.toThrow('createSecret has not written');
  });

  test.each([undefined, '{"unauthorized":"x"}', '{"clientId":"c","clientSecret":"s"}'])(
    'testSecret passes with %j pending, as when the configuration of the rotation is tried',
    async (value) => {
      const { deps, secret, tested } = setUp();
      secret.stagePending('v2');
      if (value !== undefined) secret.values.set('v2', value);

      expect(await rotateToken(deps, 'testSecret', 'v2')).toEqual({ step: 'testSecret', refreshed: false });
      expect(tested).toEqual([]);
    },
  );

  test('testSecret keeps the old token current when Webex refuses the new one', async () => {
    const { deps, secret } = setUp();
    const refusing = { test: () => Promise.reject(new PendingTokenRefusedError('401')) };
    secret.stagePending('v2');

    await expect(runRotation({ ...deps, tester: refusing }, 'v2')).rejects.toBeInstanceOf(PendingTokenRefusedError);

    expect(secret.currentCredentials().accessToken).toBe('access-1');
  });

  test('testSecret keeps the old token current when Webex knows it and not the new one', async () => {
    const { deps, secret } = setUp();
    secret.stagePending('v2');

    const rotated = runRotation({ ...deps, tester: notKnowing('access-2') }, 'v2');

    await expect(rotated).rejects.toBeInstanceOf(PendingTokenRefusedError);
    expect(secret.currentCredentials().accessToken).toBe('access-1');
  });

  test('testSecret lets a token pass that ended while it was pending when the old one has ended too, and the next rotation renews it', async () => {
    const { deps, secret, endpoint } = setUp();
    secret.stagePending('v2');
    const tester = notKnowing('access-1', 'access-2');

    await runRotation({ ...deps, tester }, 'v2');
    secret.stagePending('v3');
    await runRotation({ ...deps, tester, clock: new ManualClock(deps.clock.nowMs() + 60_000) }, 'v3');

    expect(endpoint.asked).toEqual(['refresh-1', 'refresh-2']);
    expect(secret.currentCredentials()).toMatchObject({ accessToken: 'access-3', refreshToken: 'refresh-3' });
  });

  test('finishSecret leaves nothing pending, even after a crash between its two writes', async () => {
    const { deps, secret } = setUp();
    secret.stagePending('v2');
    await rotateToken(deps, 'createSecret', 'v2');
    await secret.makeCurrent('v2', 'v1');

    await rotateToken(deps, 'finishSecret', 'v2');

    expect((await secret.stages()).get('v2')).toEqual(['AWSCURRENT']);
  });

  test('createSecret gives way when it is repeated after a sign-in, and frees the way for the next rotation', async () => {
    const { deps, secret } = setUp();
    secret.stagePending('v2');
    await rotateToken(deps, 'createSecret', 'v2');
    secret.signIn('signed-in', JSON.stringify(credentials({ accessToken: 'signed-in' })));

    await expect(rotateToken(deps, 'createSecret', 'v2')).rejects.toBeInstanceOf(RotationSupersededError);

    expect(await secret.rotate('v3')).toBe('started');
  });

  test('keeps the integration of a Service App’s sign-in beside the renewed tokens', async () => {
    const signIn = { clientId: 'integration', clientSecret: 'its-secret' };
    const { deps, secret } = setUp({ secret: new FakeSecret(JSON.stringify(credentials({ signIn }))) });
    secret.stagePending('v2');

    await runRotation(deps, 'v2');

    expect(secret.currentCredentials()).toMatchObject({ accessToken: 'access-2', signIn });
  });

  test('finishSecret gives way to a sign-in that came meanwhile, and frees the way for the next rotation', async () => {
    const { deps, secret } = setUp();
    secret.stagePending('v2');
    await rotateToken(deps, 'createSecret', 'v2');
    secret.signIn('signed-in', JSON.stringify(credentials({ accessToken: 'signed-in', refreshToken: 'refresh-new' })));

    await expect(rotateToken(deps, 'finishSecret', 'v2')).rejects.toBeInstanceOf(RotationSupersededError);

    expect(secret.currentCredentials().accessToken).toBe('signed-in');
    expect(await secret.rotate('v3')).toBe('started');
  });
});

/** Webex after these access tokens have ended. */
const notKnowing = (...ended: readonly string[]) => ({
  test: async (accessToken: string): Promise<'taken'> => {
    if (ended.includes(accessToken)) throw new PendingTokenRefusedError('401', { isUnknownToWebex: true });
    return 'taken';
  },
});
