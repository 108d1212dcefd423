import { describe, expect, test } from 'vitest';
import { CachedAccessTokens, type CachedAccessTokensOptions } from '../../../src/tokens/access-tokens.ts';
import { TokenUnavailableError } from '../../../src/tokens/errors.ts';
import { credentials, FakeEndpoint, FakeSecret, ManualClock, runRotation, type Setup, setUp } from './support/fakes.ts';

/** A stack: any number of processes over one secret, whose rotation runs by itself and takes `rotationMs`. */
function stack(
  over: Parameters<typeof setUp>[0] = {},
  rotationMs = 1_000,
): Setup & { process: (options?: CachedAccessTokensOptions, clock?: ManualClock) => CachedAccessTokens } {
  const built = setUp(over);
  const { secret, clock, deps } = built;
  secret.onRotate = (versionId) =>
    void clock.sleep(rotationMs).then(() => runRotation(deps, versionId).catch(() => undefined));
  return { ...built, process: (options, own = clock) => new CachedAccessTokens(secret, own, options) };
}

describe('current', () => {
  test('reads the secret once within the cache time', async () => {
    const { process, secret, clock } = stack();
    const tokens = process();

    const first = await tokens.current();
    await clock.advance(59_000);
    await tokens.current();

    expect(first).toBe('access-1');
    expect(secret.reads).toBe(1);
  });

  test('takes a new version over after the cache time, without a restart', async () => {
    const { process, secret, clock } = stack();
    const tokens = process();
    await tokens.current();
    secret.signIn('v2', JSON.stringify(credentials({ accessToken: 'access-2' })));
    await clock.advance(61_000);

    expect(await tokens.current()).toBe('access-2');
  });

  test('reads once for callers that come at the same time', async () => {
    const { process, secret } = stack();
    const tokens = process();

    await Promise.all([tokens.current(), tokens.current(), tokens.current()]);

    expect(secret.reads).toBe(1);
  });

  test('says that there is no token before the first sign-in', async () => {
    const tokens = stack({ secret: new FakeSecret('{"unauthorized":"x"}') }).process();

    const error: unknown = await tokens.current().catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(TokenUnavailableError);
    expect((error as Error).cause).toMatchObject({ code: 'not-signed-in' });
  });

  test('says that there is no token where the secret cannot be read, and never tells its text', async () => {
    const { process, secret } = stack();
    secret.signIn('v2', 'refresh-token-in-plain-text');

    const error = (await process()
      .current()
      .catch((reason: unknown) => reason)) as Error;

    expect(error).toBeInstanceOf(TokenUnavailableError);
    expect(`${error.message} ${String(error.cause)}`).not.toContain('refresh-token-in-plain-text');
  });

  test('renews a token that is about to end before using it', async () => {
    const clock = new ManualClock();
    const secret = new FakeSecret(
      JSON.stringify(
        credentials({ issuedAtMs: clock.nowMs() - 50_000, accessTokenExpiresAtMs: clock.nowMs() + 10_000 }),
      ),
    );
    const { process } = stack({ secret, clock });

    const token = process().current();
    await clock.advance(2_000);

    expect(await token).toBe('access-2');
  });

  test('keeps using a token of 60 s for four fifths of its life', async () => {
    const clock = new ManualClock();
    const secret = new FakeSecret(
      JSON.stringify(
        credentials({ issuedAtMs: clock.nowMs() - 45_000, accessTokenExpiresAtMs: clock.nowMs() + 15_000 }),
      ),
    );
    const { process } = stack({ secret, clock });

    expect(await process().current()).toBe('access-1');
    expect(secret.rotations).toEqual([]);
  });

  test('still gives the old token when the early renewal fails: only a 401 proves that it is dead', async () => {
    const clock = new ManualClock();
    const secret = new FakeSecret(JSON.stringify(credentials({ accessTokenExpiresAtMs: clock.nowMs() - 1 })));
    const endpoint = new FakeEndpoint();
    endpoint.dead = true;
    const { process } = stack({ secret, clock, endpoint });

    const token = process().current();
    await clock.advance(9_000);

    expect(await token).toBe('access-1');
  });

  test('asks for one early renewal in 30 s, however far its clock is ahead', async () => {
    const { process, secret, clock, endpoint } = stack();
    endpoint.expiresInSeconds = 60;
    const ahead = new ManualClock(clock.nowMs() + 43_200_000);
    const tokens = process({ cacheMs: 0 }, ahead);
    const given: Promise<string>[] = [];

    for (let second = 0; second < 30; second += 1) {
      given.push(tokens.current());
      await Promise.all([ahead.advance(1_000), clock.advance(1_000)]);
    }

    expect(secret.rotations).toHaveLength(1);
    expect(new Set(await Promise.all(given))).toEqual(new Set(['access-2']));
  });
});

describe('replace', () => {
  test('answers the current token without a rotation when it is another one already', async () => {
    const { process, secret } = stack();
    const tokens = process();
    await tokens.current();
    secret.signIn('v2', JSON.stringify(credentials({ accessToken: 'access-2' })));

    expect(await tokens.replace('access-1')).toBe('access-2');
    expect(secret.rotations).toEqual([]);
  });

  test('has the rotation refresh once for ten callers of one process', async () => {
    const { process, endpoint, clock, secret } = stack();
    const tokens = process();

    const replaced = Promise.all(Array.from({ length: 10 }, () => tokens.replace('access-1')));
    await clock.advance(3_000);

    expect(await replaced).toEqual(Array.from({ length: 10 }, () => 'access-2'));
    expect(endpoint.asked).toHaveLength(1);
    expect(secret.asked).toBe(1);
  });

  test('has the rotation refresh once for ten processes at once', async () => {
    const { process, endpoint, clock } = stack();

    const replaced = Promise.all(Array.from({ length: 10 }, () => process().replace('access-1')));
    await clock.advance(3_000);

    expect(await replaced).toEqual(Array.from({ length: 10 }, () => 'access-2'));
    expect(endpoint.asked).toHaveLength(1);
  });

  test('has the rotation refresh once for a process that asks when the rotation has just ended', async () => {
    const { process, endpoint, clock, secret } = stack();
    const early = process().replace('access-1');
    const late = process();
    // The late one read the old version just before it was replaced, and asks just after.
    const realCurrent = secret.current.bind(secret);
    const old = await realCurrent();
    await clock.advance(3_000);
    await early;
    let isFirst = true;
    secret.current = async () => {
      if (!isFirst) return realCurrent();
      isFirst = false;
      return old;
    };

    const replaced = late.replace('access-1');
    await clock.advance(3_000);

    expect(await replaced).toBe('access-2');
    expect(endpoint.asked).toHaveLength(1);
  });

  test('waits for a rotation that is under way already', async () => {
    const { process, secret, clock, endpoint } = stack();
    await secret.rotate('scheduled');

    const replaced = process().replace('access-1');
    await clock.advance(3_000);

    expect(await replaced).toBe('access-2');
    expect(endpoint.asked).toHaveLength(1);
  });

  test('gives up after 8 s, and finds the token that came later', async () => {
    const { process, clock } = stack({}, 12_000);
    const tokens = process({ cacheMs: 0 });

    const replaced = tokens.replace('access-1').catch((error: unknown) => error);
    await clock.advance(9_000);

    expect(await replaced).toBeInstanceOf(TokenUnavailableError);
    await clock.advance(4_000);
    expect(await tokens.current()).toBe('access-2');
  });

  test('asks for no second rotation within 30 s of one that gave nothing', async () => {
    const endpoint = new FakeEndpoint();
    endpoint.dead = true;
    const { process, clock, secret } = stack({ endpoint });
    const tokens = process();
    const first = tokens.replace('access-1').catch((error: unknown) => error);
    await clock.advance(9_000);
    await first;
    const asked: string[] = [];
    secret.rotate = async (requestId) => {
      asked.push(requestId);
      return 'running';
    };

    await expect(tokens.replace('access-1')).rejects.toBeInstanceOf(TokenUnavailableError);
    expect(asked).toEqual([]);
  });

  test('says that there is no token when the rotation may not be asked for', async () => {
    const { process, secret } = stack();
    secret.rotate = () => Promise.reject(new Error('AccessDenied'));

    await expect(process().replace('access-1')).rejects.toMatchObject({
      code: 'token-unavailable',
      cause: { message: 'AccessDenied' },
    });
  });
});
