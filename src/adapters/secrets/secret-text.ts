import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createSecretsManagerClient } from './client.ts';
import { readCurrent } from './rotatable-secret.ts';

/** The text of a secret. Needs GetSecretValue on it. */
export const readSecretText = async (
  secretId: string,
  client: SecretsManagerClient = createSecretsManagerClient(),
): Promise<string> => (await readCurrent(client, secretId)).value;
