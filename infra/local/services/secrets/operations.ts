import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Clock, EpochMs } from '../../../../src/shared/clock.ts';
import { ScheduleExpressionError } from '../../../../src/shared/schedule/cron.ts';
import { AwsError } from '../shared/aws-error.ts';
import { RandomPasswordSchema, randomPassword } from './random-password.ts';
import { checkRules, nextRotationMs, pendingVersion, type Rotator } from './rotation.ts';
import { RotationRulesSchema, type Secret, type SecretStore, type SecretValue, type Version } from './store.ts';

const SecretId = z.string().min(1).max(2048);
const Token = z.string().min(32).max(64);
const Stage = z.string().min(1).max(256);
/** AWS: 65536 bytes. */
const VALUE_BYTES_MAX = 65_536;
const SecretString = z
  .string()
  .min(1)
  .refine((text) => Buffer.byteLength(text) <= VALUE_BYTES_MAX, {
    error: `must have at most ${VALUE_BYTES_MAX} bytes`,
  });
const SecretBinary = z.base64().refine((text) => Buffer.from(text, 'base64').length <= VALUE_BYTES_MAX, {
  error: `must have at most ${VALUE_BYTES_MAX} bytes`,
});

const CreateSecretSchema = z.object({
  Name: z.string().regex(/^[A-Za-z0-9/_+=.@-]{1,512}$/),
  ClientRequestToken: z.optional(Token),
  Description: z.optional(z.string().max(2048)),
  SecretString: z.optional(SecretString),
  SecretBinary: z.optional(SecretBinary),
  AddReplicaRegions: z.optional(z.never({ error: 'is not supported by the local host' })),
});
const GetSecretValueSchema = z.object({ SecretId, VersionId: z.optional(Token), VersionStage: z.optional(Stage) });
const PutSecretValueSchema = z.object({
  SecretId,
  ClientRequestToken: z.optional(Token),
  SecretString: z.optional(SecretString),
  SecretBinary: z.optional(SecretBinary),
  VersionStages: z.optional(z.array(Stage).min(1).max(20)),
});
const UpdateStageSchema = z.object({
  SecretId,
  VersionStage: Stage,
  RemoveFromVersionId: z.optional(Token),
  MoveToVersionId: z.optional(Token),
});
const ListVersionsSchema = z.object({ SecretId, IncludeDeprecated: z.optional(z.boolean()) });
const RotateSecretSchema = z.object({
  SecretId,
  ClientRequestToken: z.optional(Token),
  RotationLambdaARN: z.optional(z.string().regex(/^arn:aws[a-z-]*:lambda:/)),
  RotationRules: z.optional(RotationRulesSchema),
  RotateImmediately: z.optional(z.boolean()),
});
const SecretIdSchema = z.object({ SecretId });

export interface SecretOperationsDeps {
  readonly store: SecretStore;
  readonly rotator: Rotator;
  readonly clock: Pick<Clock, 'nowMs'>;
}

const parse = <S extends z.ZodType>(schema: S, input: unknown): z.infer<S> => {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) {
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  throw new AwsError(
    'InvalidParameterException',
    `${issue?.path.join('.') ?? 'The request'}: ${issue?.message ?? 'is not valid'}.`,
  );
};

const seconds = (ms: EpochMs | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000);

const requireSecret = (store: SecretStore, id: string): Secret => {
  const secret = store.find(id);
  if (secret === undefined) {
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }
  return secret;
};

const valueOf = (input: {
  SecretString?: string | undefined;
  SecretBinary?: string | undefined;
}): SecretValue | undefined => {
  if (input.SecretString !== undefined && input.SecretBinary !== undefined) {
    throw new AwsError('InvalidParameterException', 'Give either SecretString or SecretBinary, not both.');
  }
  if (input.SecretString !== undefined) {
    return { secretString: input.SecretString };
  }
  return input.SecretBinary === undefined ? undefined : { secretBinary: input.SecretBinary };
};

const sameValue = (a: SecretValue, b: SecretValue): boolean =>
  a.secretString === b.secretString && a.secretBinary === b.secretBinary;

const shown = (value: SecretValue): { readonly SecretString?: string; readonly SecretBinary?: string } => ({
  ...(value.secretString === undefined ? {} : { SecretString: value.secretString }),
  ...(value.secretBinary === undefined ? {} : { SecretBinary: value.secretBinary }),
});

const createSecret = ({ store, clock }: SecretOperationsDeps, body: unknown): unknown => {
  const input = parse(CreateSecretSchema, body);
  const value = valueOf(input);
  const token = input.ClientRequestToken ?? randomUUID();
  const existing = store.find(input.Name);
  if (existing !== undefined) {
    const known = store.version(existing.arn, token);
    if (value !== undefined && known?.value !== undefined && sameValue(known.value, value)) {
      return { ARN: existing.arn, Name: existing.name, VersionId: token };
    }
    throw new AwsError(
      'ResourceExistsException',
      `The operation failed because the secret ${input.Name} already exists.`,
    );
  }
  return store.transaction(() => {
    const arn = store.create({ name: input.Name, description: input.Description, nowMs: clock.nowMs() });
    if (value !== undefined) {
      store.putVersion(arn, token, value, clock.nowMs());
      store.moveStage(arn, 'AWSCURRENT', token);
    }
    return { ARN: arn, Name: input.Name, ...(value === undefined ? {} : { VersionId: token }) };
  });
};

const findVersion = (
  store: SecretStore,
  arn: string,
  versionId: string | undefined,
  stage: string | undefined,
): Version => {
  const wantedStage = stage ?? (versionId === undefined ? 'AWSCURRENT' : undefined);
  const version =
    versionId === undefined ? store.versionByStage(arn, wantedStage ?? 'AWSCURRENT') : store.version(arn, versionId);
  if (version !== undefined && wantedStage !== undefined && !version.stages.includes(wantedStage)) {
    throw new AwsError(
      'InvalidRequestException',
      'You provided a VersionStage that is not associated to the provided VersionId.',
    );
  }
  if (version?.value === undefined) {
    const wanted = versionId === undefined ? `staging label: ${wantedStage}` : `VersionId: ${versionId}`;
    throw new AwsError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for ${wanted}`,
    );
  }
  return version;
};

const getSecretValue = ({ store }: SecretOperationsDeps, body: unknown): unknown => {
  const input = parse(GetSecretValueSchema, body);
  const { arn, name } = requireSecret(store, input.SecretId);
  const version = findVersion(store, arn, input.VersionId, input.VersionStage);
  return {
    ARN: arn,
    Name: name,
    VersionId: version.versionId,
    ...shown(version.value ?? {}),
    VersionStages: version.stages,
    CreatedDate: seconds(version.createdMs),
  };
};

const putSecretValue = ({ store, clock }: SecretOperationsDeps, body: unknown): unknown => {
  const input = parse(PutSecretValueSchema, body);
  const { arn, name } = requireSecret(store, input.SecretId);
  const value = valueOf(input);
  if (value === undefined) {
    throw new AwsError('InvalidParameterException', 'You must provide either SecretString or SecretBinary.');
  }
  const token = input.ClientRequestToken ?? randomUUID();
  const known = store.version(arn, token);
  if (known?.value !== undefined) {
    if (!sameValue(known.value, value)) {
      throw new AwsError(
        'ResourceExistsException',
        `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${arn}.`,
      );
    }
    return { ARN: arn, Name: name, VersionId: token, VersionStages: known.stages };
  }
  return store.transaction(() => {
    store.putVersion(arn, token, value, clock.nowMs());
    const stages = input.VersionStages ?? ['AWSCURRENT'];
    // AWS: the first version of a secret always becomes the current one.
    const first = store.versionByStage(arn, 'AWSCURRENT') === undefined ? ['AWSCURRENT'] : [];
    for (const stage of new Set([...stages, ...first])) {
      store.moveStage(arn, stage, token);
    }
    return { ARN: arn, Name: name, VersionId: token, VersionStages: store.version(arn, token)?.stages };
  });
};

const describeSecret = ({ store }: SecretOperationsDeps, body: unknown): unknown => {
  const secret = requireSecret(store, parse(SecretIdSchema, body).SecretId);
  const labelled = store.versions(secret.arn).filter(({ stages }) => stages.length > 0);
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    RotationEnabled: secret.rotationEnabled,
    RotationLambdaARN: secret.rotationFunction,
    RotationRules: secret.rotationRules,
    LastRotatedDate: seconds(secret.rotatedMs),
    LastChangedDate: seconds(secret.changedMs),
    NextRotationDate: seconds(secret.nextRotationMs),
    CreatedDate: seconds(secret.createdMs),
    VersionIdsToStages: Object.fromEntries(labelled.map(({ versionId, stages }) => [versionId, stages])),
  };
};

const updateSecretVersionStage = ({ store }: SecretOperationsDeps, body: unknown): unknown => {
  const input = parse(UpdateStageSchema, body);
  const { arn, name } = requireSecret(store, input.SecretId);
  const holder = store.versionByStage(arn, input.VersionStage)?.versionId;
  const target = input.MoveToVersionId;
  if (target !== undefined && store.version(arn, target) === undefined) {
    throw new AwsError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret version: ${target}.`,
    );
  }
  if (holder !== undefined && holder !== target && input.RemoveFromVersionId !== holder) {
    throw new AwsError(
      'InvalidParameterException',
      `The parameter RemoveFromVersionId must be the version that has the staging label ${input.VersionStage}: ${holder}.`,
    );
  }
  if (input.RemoveFromVersionId !== undefined && holder !== input.RemoveFromVersionId) {
    throw new AwsError(
      'InvalidParameterException',
      `The version ${input.RemoveFromVersionId} does not have the staging label ${input.VersionStage}.`,
    );
  }
  if (target === undefined && input.VersionStage === 'AWSCURRENT') {
    throw new AwsError('InvalidParameterException', 'You can move the staging label AWSCURRENT but not remove it.');
  }
  if (target === undefined && input.RemoveFromVersionId === undefined) {
    throw new AwsError('InvalidParameterException', 'Give MoveToVersionId, RemoveFromVersionId or both.');
  }
  store.transaction(() => {
    if (target === undefined) {
      store.removeStage(arn, input.VersionStage);
    } else {
      store.moveStage(arn, input.VersionStage, target);
    }
  });
  return { ARN: arn, Name: name };
};

const listSecretVersionIds = ({ store }: SecretOperationsDeps, body: unknown): unknown => {
  const input = parse(ListVersionsSchema, body);
  const { arn, name } = requireSecret(store, input.SecretId);
  const versions = store.versions(arn).filter(({ stages }) => input.IncludeDeprecated === true || stages.length > 0);
  return {
    ARN: arn,
    Name: name,
    Versions: versions.map(({ versionId, stages, createdMs }) => ({
      VersionId: versionId,
      VersionStages: stages,
      CreatedDate: seconds(createdMs),
    })),
  };
};

const rotateSecret = ({ store, rotator, clock }: SecretOperationsDeps, body: unknown): unknown => {
  const input = parse(RotateSecretSchema, body);
  const secret = requireSecret(store, input.SecretId);
  const functionArn = input.RotationLambdaARN ?? secret.rotationFunction;
  if (functionArn === undefined) {
    throw new AwsError('InvalidRequestException', 'No Lambda rotation function ARN is associated with this secret.');
  }
  if (input.RotationRules !== undefined) {
    checkRules(input.RotationRules);
  }
  const token = input.ClientRequestToken ?? randomUUID();
  const unfinished = pendingVersion(store, secret.arn);
  if (unfinished !== undefined) {
    if (!rotator.isRunning(secret.arn)) {
      rotator.retry(secret, unfinished);
    } else if (unfinished === token) {
      return { ARN: secret.arn, Name: secret.name, VersionId: token };
    }
    throw new AwsError(
      'InvalidRequestException',
      "A previous rotation isn't complete. That rotation will be reattempted.",
    );
  }
  const rules = input.RotationRules ?? secret.rotationRules;
  store.configureRotation(secret.arn, { functionArn, rules, nextRotationMs: nextRotationMs(rules, clock.nowMs()) });
  if (input.RotateImmediately !== false) {
    rotator.start(secret, token);
    return { ARN: secret.arn, Name: secret.name, VersionId: token };
  }
  void rotator.wake();
  return { ARN: secret.arn, Name: secret.name };
};

const cancelRotateSecret = ({ store }: SecretOperationsDeps, body: unknown): unknown => {
  const secret = requireSecret(store, parse(SecretIdSchema, body).SecretId);
  const unfinished = pendingVersion(store, secret.arn);
  store.transaction(() => store.disableRotation(secret.arn));
  return { ARN: secret.arn, Name: secret.name, ...(unfinished === undefined ? {} : { VersionId: unfinished }) };
};

const getRandomPassword = (_deps: SecretOperationsDeps, body: unknown): unknown => ({
  RandomPassword: randomPassword(parse(RandomPasswordSchema, body)),
});

const OPERATIONS: Readonly<Record<string, (deps: SecretOperationsDeps, body: unknown) => unknown>> = {
  CancelRotateSecret: cancelRotateSecret,
  CreateSecret: createSecret,
  DescribeSecret: describeSecret,
  GetRandomPassword: getRandomPassword,
  GetSecretValue: getSecretValue,
  ListSecretVersionIds: listSecretVersionIds,
  PutSecretValue: putSecretValue,
  RotateSecret: rotateSecret,
  UpdateSecretVersionStage: updateSecretVersionStage,
};

/**
 * Answers one operation of Secrets Manager.
 *
 * @throws AwsError with the code of the real service.
 */
export const runSecretOperation = (deps: SecretOperationsDeps, operation: string, body: unknown): unknown => {
  const run = OPERATIONS[operation];
  if (run === undefined) {
    throw new AwsError(
      'UnknownOperationException',
      `The local Secrets Manager does not know the operation "${operation}".`,
    );
  }
  try {
    return run(deps, body);
  } catch (error) {
    if (error instanceof ScheduleExpressionError) {
      throw new AwsError('InvalidParameterException', error.message);
    }
    throw error;
  }
};
