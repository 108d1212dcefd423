import { randomUUID } from 'node:crypto';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { SignInSecret } from '../../sign-in/ports.ts';
import type { SecretVersion, SecretVersions } from '../../tokens/ports.ts';
import { readCurrent } from './rotatable-secret.ts';

/** The secret as its rotation function and a sign-in see it. Needs Describe, Get, Put and UpdateSecretVersionStage on it. */
export class SecretsManagerVersions implements SecretVersions, SignInSecret {
  readonly #client: SecretsManagerClient;
  readonly #secretId: string;

  constructor(client: SecretsManagerClient, secretId: string) {
    this.#client = client;
    this.#secretId = secretId;
  }

  current(): Promise<SecretVersion> {
    return readCurrent(this.#client, this.#secretId);
  }

  async stages(): Promise<ReadonlyMap<string, readonly string[]>> {
    const { VersionIdsToStages = {} } = await this.#client.send(
      new DescribeSecretCommand({ SecretId: this.#secretId }),
    );
    return new Map(Object.entries(VersionIdsToStages));
  }

  async pending(versionId: string): Promise<SecretVersion | undefined> {
    try {
      const { SecretString } = await this.#client.send(
        new GetSecretValueCommand({ SecretId: this.#secretId, VersionId: versionId, VersionStage: 'AWSPENDING' }),
      );
      return SecretString === undefined ? undefined : { versionId, value: SecretString };
    } catch (error) {
      // RotateSecret stages the version before it has a value.
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  async putPending(versionId: string, value: string): Promise<'written' | 'exists'> {
    try {
      await this.#client.send(
        new PutSecretValueCommand({
          SecretId: this.#secretId,
          ClientRequestToken: versionId,
          SecretString: value,
          VersionStages: ['AWSPENDING'],
        }),
      );
      return 'written';
    } catch (error) {
      if (error instanceof ResourceExistsException) return 'exists';
      throw error;
    }
  }

  async makeCurrent(versionId: string, insteadOf: string): Promise<void> {
    await this.#client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: this.#secretId,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: versionId,
        RemoveFromVersionId: insteadOf,
      }),
    );
  }

  async dropPending(versionId: string): Promise<void> {
    try {
      await this.#client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: this.#secretId,
          VersionStage: 'AWSPENDING',
          RemoveFromVersionId: versionId,
        }),
      );
    } catch (error) {
      // The version does not have the stage (any more).
      if (!(error instanceof InvalidParameterException)) throw error;
    }
  }

  async putCurrent(value: string): Promise<void> {
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
