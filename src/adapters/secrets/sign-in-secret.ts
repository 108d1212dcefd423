import { randomUUID } from 'node:crypto';
import { PutSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SignInSecret } from '../../sign-in/ports.ts';
import { SecretsManagerVersions } from './secret-versions.ts';

/** The secret as a sign-in sees it. Needs Describe, Get, Put and UpdateSecretVersionStage on it. */
export class SecretsManagerSignInSecret implements SignInSecret {
  readonly #client: SecretsManagerClient;
  readonly #secretId: string;
  readonly #versions: SecretsManagerVersions;

  constructor(client: SecretsManagerClient, secretId: string) {
    this.#client = client;
    this.#secretId = secretId;
    this.#versions = new SecretsManagerVersions(client, secretId);
  }

  async read(): Promise<string> {
    return (await this.#versions.current()).value;
  }

  /**
   * A rotation that is under way finds that it no longer renews the current version and gives up. One that has failed
   * would stay under AWSPENDING and keep new ones from starting, so its stage is taken away first.
   */
  async replace(value: string): Promise<void> {
    for (const [id, stages] of await this.#versions.stages()) {
      if (stages.includes('AWSPENDING')) await this.#versions.dropPending(id);
    }
    await this.#client.send(
      new PutSecretValueCommand({
        SecretId: this.#secretId,
        ClientRequestToken: randomUUID(),
        SecretString: value,
        VersionStages: ['AWSCURRENT'],
      }),
    );
  }
}
