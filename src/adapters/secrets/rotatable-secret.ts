import {
  GetSecretValueCommand,
  InvalidRequestException,
  ResourceExistsException,
  RotateSecretCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { RotatableSecret, SecretVersion } from '../../tokens/ports.ts';

/** The secret as a function sees it that sends the token. Needs GetSecretValue and RotateSecret on it. */
export class SecretsManagerRotatableSecret implements RotatableSecret {
  readonly #client: SecretsManagerClient;
  readonly #secretId: string;

  constructor(client: SecretsManagerClient, secretId: string) {
    this.#client = client;
    this.#secretId = secretId;
  }

  current(): Promise<SecretVersion> {
    return readCurrent(this.#client, this.#secretId);
  }

  async rotate(requestId: string): Promise<'started' | 'running'> {
    try {
      await this.#client.send(
        new RotateSecretCommand({ SecretId: this.#secretId, ClientRequestToken: requestId, RotateImmediately: true }),
      );
      return 'started';
    } catch (error) {
      // Both say that a rotation stands already: one under way, or one under this very request id. A rotation that is not
      // configured at all is an InvalidRequestException too; it shows when no new version comes.
      if (error instanceof InvalidRequestException || error instanceof ResourceExistsException) return 'running';
      throw error;
    }
  }
}

/** The version under AWSCURRENT. */
export async function readCurrent(client: SecretsManagerClient, secretId: string): Promise<SecretVersion> {
  const { VersionId, SecretString } = await client.send(
    new GetSecretValueCommand({ SecretId: secretId, VersionStage: 'AWSCURRENT' }),
  );
  if (VersionId === undefined || SecretString === undefined)
    throw new Error('Secrets Manager answered without a version id or a text value.');
  return { versionId: VersionId, value: SecretString };
}
