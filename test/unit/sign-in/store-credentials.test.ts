import { expect, test } from 'vitest';
import { storeCredentials } from '../../../src/sign-in/store-credentials.ts';
import { FakeSecret, credentials } from '../tokens/support/fakes.ts';

const SIGNED_IN = JSON.stringify(credentials({ refreshToken: 'signed-in' }));
/** What a rotation has written under AWSPENDING, and not finished. */
const RENEWED = JSON.stringify(credentials({ refreshToken: 'renewed', refreshedFrom: 'v1' }));

/** Webex took the refresh token of v1 when it gave the pending one. */
async function rotating(value?: string): Promise<FakeSecret> {
  const secret = new FakeSecret();
  secret.stagePending('v2');
  if (value !== undefined) await secret.putPending('v2', value);
  return secret;
}

const pendingOf = async (secret: FakeSecret): Promise<string[]> =>
  [...(await secret.stages())].filter(([, stages]) => stages.includes('AWSPENDING')).map(([id]) => id);

test('makes the credentials current', async () => {
  const secret = new FakeSecret();

  await storeCredentials(secret, SIGNED_IN);

  expect((await secret.current()).value).toBe(SIGNED_IN);
});

test.each([
  ['that has a value', RENEWED],
  ['that has none', undefined],
])('calls a rotation off %s, so that the next can start', async (_what, value) => {
  const secret = await rotating(value);

  await storeCredentials(secret, SIGNED_IN);

  expect((await secret.current()).value).toBe(SIGNED_IN);
  expect(await pendingOf(secret)).toEqual([]);
});

test('leaves the pending refresh token, the only good one, where the new credentials cannot be written', async () => {
  const secret = await rotating(RENEWED);
  secret.failWrite = new Error('throttled');

  await expect(storeCredentials(secret, SIGNED_IN)).rejects.toThrow('throttled');

  expect(await secret.pending('v2')).toEqual({ versionId: 'v2', value: RENEWED });
});

test('drops no rotation that began after the credentials were current', async () => {
  const secret = await rotating(RENEWED);
  const putCurrent = secret.putCurrent.bind(secret);
  secret.putCurrent = async (value) => {
    await putCurrent(value);
    await secret.dropPending('v2');
    secret.stagePending('v3');
  };

  await storeCredentials(secret, SIGNED_IN);

  expect(await pendingOf(secret)).toEqual(['v3']);
});
