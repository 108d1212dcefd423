import {
  InvalidRequestException,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { SecretsManagerRotatableSecret } from '../../../../src/adapters/secrets/rotatable-secret.ts';
import { SecretsManagerVersions } from '../../../../src/adapters/secrets/secret-versions.ts';

const exception = { message: 'no', $metadata: {} };

function client(answer: unknown) {
  const sent: { name: string; input: unknown }[] = [];
  const fake = {
    send: async (command: { constructor: { name: string }; input: unknown }) => {
      sent.push({ name: command.constructor.name, input: command.input });
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  return { sent, client: fake as unknown as SecretsManagerClient };
}

const rotatable = (answer: unknown) => {
  const built = client(answer);
  return { ...built, secret: new SecretsManagerRotatableSecret(built.client, 'arn') };
};
const versions = (answer: unknown) => {
  const built = client(answer);
  return { ...built, secret: new SecretsManagerVersions(built.client, 'arn') };
};

test('reads the version under AWSCURRENT', async () => {
  const { secret, sent } = rotatable({ VersionId: 'v1', SecretString: '{}' });

  expect(await secret.current()).toEqual({ versionId: 'v1', value: '{}' });
  expect(sent).toEqual([{ name: 'GetSecretValueCommand', input: { SecretId: 'arn', VersionStage: 'AWSCURRENT' } }]);
});

test('does not take a binary secret for one', async () => {
  await expect(rotatable({ VersionId: 'v1' }).secret.current()).rejects.toThrow('without');
});

test('asks for a rotation at once under the request id', async () => {
  const { secret, sent } = rotatable({});

  expect(await secret.rotate('id')).toBe('started');
  expect(sent[0]?.input).toEqual({ SecretId: 'arn', ClientRequestToken: 'id', RotateImmediately: true });
});

test.each([new InvalidRequestException(exception), new ResourceExistsException(exception)])(
  'takes $name for a rotation under way',
  async (error) => {
    expect(await rotatable(error).secret.rotate('id')).toBe('running');
  },
);

test('throws where the rotation may not be asked for', async () => {
  await expect(rotatable(new Error('AccessDenied')).secret.rotate('id')).rejects.toThrow('AccessDenied');
});

test('has no pending value while Secrets Manager has only the label', async () => {
  expect(await versions(new ResourceNotFoundException(exception)).secret.pending('v2')).toBeUndefined();
  expect(await versions({ SecretString: '{}' }).secret.pending('v2')).toEqual({ versionId: 'v2', value: '{}' });
  await expect(versions(new Error('away')).secret.pending('v2')).rejects.toThrow('away');
});

test('writes the pending value under the version id, once', async () => {
  const { secret, sent } = versions({});

  expect(await secret.putPending('v2', '{}')).toBe('written');
  expect(sent[0]?.input).toEqual({
    SecretId: 'arn',
    ClientRequestToken: 'v2',
    SecretString: '{}',
    VersionStages: ['AWSPENDING'],
  });
  expect(await versions(new ResourceExistsException(exception)).secret.putPending('v2', '{}')).toBe('exists');
});

test('moves AWSCURRENT and drops AWSPENDING', async () => {
  const { secret, sent } = versions({});

  await secret.makeCurrent('v2', 'v1');
  await secret.dropPending('v2');

  expect(sent.map(({ input }) => input)).toEqual([
    { SecretId: 'arn', VersionStage: 'AWSCURRENT', MoveToVersionId: 'v2', RemoveFromVersionId: 'v1' },
    { SecretId: 'arn', VersionStage: 'AWSPENDING', RemoveFromVersionId: 'v2' },
  ]);
});

test('tells the stages by version', async () => {
  const stages = await versions({ VersionIdsToStages: { v1: ['AWSCURRENT'] } }).secret.stages();

  expect([...stages]).toEqual([['v1', ['AWSCURRENT']]]);
});
