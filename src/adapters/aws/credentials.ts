/** What a request is signed with. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A function that runs without what Lambda puts into every environment. */
export class AwsEnvironmentError extends Error {
  override readonly name = 'AwsEnvironmentError';
  readonly code = 'aws-environment-missing';
}

/**
 * The role's credentials as Lambda gives them: in the environment, for as long as this environment lives.
 * @throws AwsEnvironmentError
 */
export function credentialsFrom(env: NodeJS.ProcessEnv): AwsCredentials {
  const sessionToken = env['AWS_SESSION_TOKEN'];
  return {
    accessKeyId: variable(env, 'AWS_ACCESS_KEY_ID'),
    secretAccessKey: variable(env, 'AWS_SECRET_ACCESS_KEY'),
    ...(sessionToken && { sessionToken }),
  };
}

/** @throws AwsEnvironmentError */
export const regionFrom = (env: NodeJS.ProcessEnv): string => variable(env, 'AWS_REGION');

/** The address that the environment names for the service or for all, as every AWS SDK reads it; else the service's own. */
export function endpointFrom(env: NodeJS.ProcessEnv, service: string, region: string): string {
  const own = env[`AWS_ENDPOINT_URL_${service.toUpperCase().replaceAll(' ', '_')}`];
  const host = service.toLowerCase().replaceAll(' ', '');
  return own || env['AWS_ENDPOINT_URL'] || `https://${host}.${region}.${domainOf(region)}`;
}

const domainOf = (region: string): string => (region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com');

function variable(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new AwsEnvironmentError(`The environment variable ${name} is missing; Lambda sets it for every function.`);
}
