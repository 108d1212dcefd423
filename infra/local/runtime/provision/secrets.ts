import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { OAuthClient, WebexCredentials } from '../../../../src/tokens/ports.ts';
import { RandomPasswordSchema, randomPassword } from '../../services/secrets/random-password.ts';
import type { SecretsManager } from '../../services/secrets-manager.ts';
import type { Resource, TemplateModel } from '../../template/model.ts';
import { callAws } from '../aws-client.ts';
import { inTemplate } from './in-template.ts';

type Secret = Resource<'AWS::SecretsManager::Secret'>;

export interface SecretsProvision {
  readonly model: TemplateModel;
  readonly secrets: SecretsManager;
  readonly adminKey: string;
  /** The Webex that the functions talk to: its credentials belong to it and to no other one. */
  readonly webex: { readonly tokenUrl: URL; client(): OAuthClient; credentials(): WebexCredentials };
  /** Leaves the sign-in to a person: the secret holds the OAuth client alone. */
  readonly signedOut: boolean;
  /** Remembers for which Webex the secret was filled. */
  readonly markerFile: string;
}

/** On AWS the first sign-in fills this secret; here the host signs in on the person's behalf. */
const WEBEX_SECRET = 'WebexSecret';

/**
 * Makes the secrets that are not there yet and takes over the rotation schedules.
 * @throws {TemplateError} for a schedule that Secrets Manager would refuse.
 */
export const provisionSecrets = async (options: SecretsProvision): Promise<void> => {
  const { model, secrets } = options;
  for (const secret of model.of('AWS::SecretsManager::Secret')) {
    const secretString = initialValue(secret);
    const initial = secretString === undefined ? {} : { initialValue: { secretString } };
    secrets.ensureSecret({ name: nameOf(secret), arn: secret.ref, ...initial });
    if (secret.path.split('/').at(-1) === WEBEX_SECRET) await signIn(secret, options);
  }
  for (const rotation of model.of('AWS::SecretsManager::RotationSchedule')) {
    const { SecretId, RotationLambdaARN, RotationRules } = rotation.properties;
    inTemplate(rotation.path, () =>
      secrets.ensureRotation({
        secretId: SecretId,
        functionArn: RotationLambdaARN,
        rules: defined(RotationRules ?? {}),
      }),
    );
  }
};

/** Stores credentials unless the secret holds some for this very Webex; or signs out, where that is asked for. */
const signIn = async (
  secret: Secret,
  { secrets, adminKey, webex, markerFile, signedOut }: SecretsProvision,
): Promise<void> => {
  const issuer = webex.tokenUrl.href;
  if (!signedOut && existsSync(markerFile) && readFileSync(markerFile, 'utf8') === issuer) return;
  await callAws(secrets.url, adminKey, 'secretsmanager', 'PutSecretValue', {
    SecretId: secret.ref,
    ClientRequestToken: crypto.randomUUID(),
    SecretString: JSON.stringify(signedOut ? webex.client() : webex.credentials()),
  });
  writeFileSync(markerFile, issuer);
};

const nameOf = (secret: Secret): string => /:secret:(.+)-\w{6}$/.exec(secret.ref)?.[1] ?? secret.ref;

const initialValue = ({ properties }: Secret): string | undefined => {
  const { SecretString, GenerateSecretString: generated } = properties;
  if (generated === undefined) return SecretString;
  const { SecretStringTemplate, GenerateStringKey, ...wanted } = generated;
  const password = randomPassword(RandomPasswordSchema.parse(defined(wanted)));
  if (SecretStringTemplate === undefined || GenerateStringKey === undefined) return password;
  return JSON.stringify({ ...(JSON.parse(SecretStringTemplate) as object), [GenerateStringKey]: password });
};

/** Without the members that are undefined, as a JSON body would be. */
const defined = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
