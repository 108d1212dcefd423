import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** Secrets Manager answers in milliseconds; a client without limits of its own would wait for ever. */
export const createSecretsManagerClient = (): SecretsManagerClient =>
  new SecretsManagerClient({
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
