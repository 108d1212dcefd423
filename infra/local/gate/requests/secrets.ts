import { UnsupportedRequestError } from '../errors.ts';
import type { AccessRequest } from '../types.ts';
import { type ParsedRequest, type ResourceNames, stringMember } from './context.ts';

const SECRET_OPERATIONS: ReadonlySet<string> = new Set([
  'CancelRotateSecret',
  'DescribeSecret',
  'GetSecretValue',
  'ListSecretVersionIds',
  'PutSecretValue',
  'RotateSecret',
  'UpdateSecret',
  'UpdateSecretVersionStage',
]);

/** What a request to Secrets Manager wants, on the secret's whole ARN however the request names it. */
export const readSecretsRequest = (request: ParsedRequest, names: ResourceNames): readonly AccessRequest[] => {
  const { operation, body } = request;
  const arnOf = (id: string): string =>
    names.secretArn(id) ??
    (id.startsWith('arn:') ? id : `arn:aws:secretsmanager:${names.region}:${names.accountId}:secret:${id}`);
  if (operation === 'GetRandomPassword') {
    return [{ action: 'secretsmanager:GetRandomPassword', resource: '*' }];
  }
  if (operation === 'CreateSecret') {
    return [{ action: 'secretsmanager:CreateSecret', resource: arnOf(stringMember(body, 'Name') ?? '') }];
  }
  if (!SECRET_OPERATIONS.has(operation)) {
    throw new UnsupportedRequestError(`The gate does not know the Secrets Manager operation "${operation}".`);
  }
  const stage = operation === 'GetSecretValue' ? (stringMember(body, 'VersionStage') ?? 'AWSCURRENT') : undefined;
  return [
    {
      action: `secretsmanager:${operation}`,
      resource: arnOf(stringMember(body, 'SecretId') ?? ''),
      ...(stage === undefined ? {} : { context: { 'secretsmanager:versionstage': [stage] } }),
    },
  ];
};
