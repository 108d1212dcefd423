import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type InvokeRotation,
  type RotationEvent,
  type RotationOutcome,
  type SecretsManager,
  startSecretsManager,
} from '../../infra/local/services/secrets-manager.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:rotate-token';
const HOUR_MS = 3_600_000;
const id = (letter: string): string => letter.repeat(32);

let dataDir: string;
let service: SecretsManager;
let client: SecretsManagerClient;
let nowMs: number;
let steps: RotationEvent[];
let outcomes: RotationOutcome[];
let rotate: InvokeRotation;

const start = async (): Promise<void> => {
  service = await startSecretsManager({
    dataDir,
    region: 'us-east-1',
    accountId: '000000000000',
    clock: { nowMs: () => nowMs },
    invokeRotation: async (functionArn, event) => {
      steps.push(event);
      await rotate(functionArn, event);
    },
    onRotation: (outcome) => outcomes.push(outcome),
  });
  client = new SecretsManagerClient({
    region: 'us-east-1',
    endpoint: service.url.href,
    credentials: { accessKeyId: 'K', secretAccessKey: 's' },
    maxAttempts: 1,
  });
};

/** Does what AWS's own rotation template does. */
const rotateAsTheTemplate: InvokeRotation = async (_functionArn, { Step, SecretId, ClientRequestToken }) => {
  if (Step === 'createSecret') {
    await client.send(new GetSecretValueCommand({ SecretId, VersionStage: 'AWSCURRENT' }));
    const missing = await client
      .send(new GetSecretValueCommand({ SecretId, VersionId: ClientRequestToken, VersionStage: 'AWSPENDING' }))
      .then(
        () => false,
        (error: Error) => error.name === 'ResourceNotFoundException',
      );
    if (missing) {
      await client.send(
        new PutSecretValueCommand({
          SecretId,
          ClientRequestToken,
          SecretString: `new-${steps.length}`,
          VersionStages: ['AWSPENDING'],
        }),
      );
    }
  }
  if (Step === 'finishSecret') {
    const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId }));
    const current = Object.keys(VersionIdsToStages).find((version) =>
      VersionIdsToStages[version]?.includes('AWSCURRENT'),
    );
    await client.send(
      new UpdateSecretVersionStageCommand({
        SecretId,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: ClientRequestToken,
        RemoveFromVersionId: current,
      }),
    );
  }
};

const valueAt = async (VersionStage?: string): Promise<string | undefined> =>
  (
    await client.send(
      new GetSecretValueCommand({ SecretId: 'webex', ...(VersionStage === undefined ? {} : { VersionStage }) }),
    )
  ).SecretString;
const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no failure',
    (error: Error) => `${error.name}: ${error.message}`,
  );

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'secrets-'));
  nowMs = Date.parse('2026-11-20T12:00:00Z');
  steps = [];
  outcomes = [];
  rotate = rotateAsTheTemplate;
  await start();
});
afterEach(async () => {
  await service.close();
  rmSync(dataDir, { recursive: true });
});

describe('secrets and their versions', () => {
  it('creates a secret with a current version and an ARN with six random characters', async () => {
    const created = await client.send(
      new CreateSecretCommand({ Name: 'webex', SecretString: 'one', ClientRequestToken: id('a') }),
    );

    expect(created.ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:webex-[A-Za-z0-9]{6}$/);
    expect(await client.send(new GetSecretValueCommand({ SecretId: created.ARN }))).toMatchObject({
      Name: 'webex',
      SecretString: 'one',
      VersionId: id('a'),
      VersionStages: ['AWSCURRENT'],
      CreatedDate: new Date(nowMs),
    });
  });

  it('keeps a binary value', async () => {
    await client.send(new CreateSecretCommand({ Name: 'bin', SecretBinary: new Uint8Array([0, 255, 1]) }));

    const { SecretBinary } = await client.send(new GetSecretValueCommand({ SecretId: 'bin' }));

    expect([...(SecretBinary ?? [])]).toEqual([0, 255, 1]);
  });

  it('moves AWSCURRENT to a new value and leaves AWSPREVIOUS on the old one', async () => {
    await client.send(new CreateSecretCommand({ Name: 'webex', SecretString: 'one' }));

    await client.send(new PutSecretValueCommand({ SecretId: 'webex', SecretString: 'two' }));

    expect([await valueAt(), await valueAt('AWSPREVIOUS')]).toEqual(['two', 'one']);
  });

  it('takes the same token with the same value twice, and refuses another value', async () => {
    await client.send(new CreateSecretCommand({ Name: 'webex', SecretString: 'one' }));
    const put = (SecretString: string): Promise<unknown> =>
      client.send(
        new PutSecretValueCommand({
          SecretId: 'webex',
          SecretString,
          ClientRequestToken: id('b'),
          VersionStages: ['AWSPENDING'],
        }),
      );

    await put('two');
    const again = await failureOf(put('two'));
    const other = await failureOf(put('three'));

    expect(again).toBe('no failure');
    expect(other).toMatch(/^ResourceExistsException: .*ClientRequestToken/);
    expect(await valueAt('AWSPENDING')).toBe('two');
  });

  it('moves a label only from the version that has it', async () => {
    await client.send(new CreateSecretCommand({ Name: 'webex', SecretString: 'one', ClientRequestToken: id('a') }));
    await client.send(
      new PutSecretValueCommand({
        SecretId: 'webex',
        SecretString: 'two',
        ClientRequestToken: id('b'),
        VersionStages: ['AWSPENDING'],
      }),
    );
    const move = (RemoveFromVersionId?: string): Promise<unknown> =>
      client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: 'webex',
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: id('b'),
          ...(RemoveFromVersionId === undefined ? {} : { RemoveFromVersionId }),
        }),
      );

    const failures = [await failureOf(move()), await failureOf(move(id('b')))];
    await move(id('a'));

    expect(failures).toEqual([
      expect.stringMatching(/^InvalidParameterException/),
      expect.stringMatching(/^InvalidParameterException/),
    ]);
    expect(await client.send(new DescribeSecretCommand({ SecretId: 'webex' }))).toMatchObject({
      VersionIdsToStages: { [id('a')]: ['AWSPREVIOUS'], [id('b')]: ['AWSCURRENT', 'AWSPENDING'] },
    });
  });

  it('removes a label, but never AWSCURRENT', async () => {
    await client.send(new CreateSecretCommand({ Name: 'webex', SecretString: 'one', ClientRequestToken: id('a') }));
    await client.send(
      new PutSecretValueCommand({
        SecretId: 'webex',
        SecretString: 'two',
        ClientRequestToken: id('b'),
        VersionStages: ['AWSPENDING'],
      }),
    );
    const remove = (VersionStage: string, RemoveFromVersionId: string): Promise<unknown> =>
      client.send(new UpdateSecretVersionStageCommand({ SecretId: 'webex', VersionStage, RemoveFromVersionId }));

    await remove('AWSPENDING', id('b'));
    const failure = await failureOf(remove('AWSCURRENT', id('a')));

    expect(failure).toMatch(/^InvalidParameterException/);
    const listed = await client.send(new ListSecretVersionIdsCommand({ SecretId: 'webex' }));
    const deprecated = await client.send(
      new ListSecretVersionIdsCommand({ SecretId: 'webex', IncludeDeprecated: true }),
    );
    expect([listed.Versions?.length, deprecated.Versions?.length]).toEqual([1, 2]);
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'a secret that is not there',
      () => client.send(new GetSecretValueCommand({ SecretId: 'none' })),
      /^ResourceNotFoundException: Secrets Manager can't find the specified secret\.$/,
    ],
    [
      'a stage that is not there',
      () => client.send(new GetSecretValueCommand({ SecretId: 'webex', VersionStage: 'AWSPENDING' })),
      /^ResourceNotFoundException: .*staging label: AWSPENDING/,
    ],
    [
      'a version that is not there',
      () => client.send(new GetSecretValueCommand({ SecretId: 'webex', VersionId: id('z') })),
      /^ResourceNotFoundException: .*VersionId/,
    ],
    [
      'a stage of another version',
      () =>
        client.send(new GetSecretValueCommand({ SecretId: 'webex', VersionId: id('a'), VersionStage: 'AWSPENDING' })),
      /^InvalidRequestException/,
    ],
    [
      'a name that exists',
      () => client.send(new CreateSecretCommand({ Name: 'webex', SecretString: 'x' })),
      /^ResourceExistsException/,
    ],
    [
      'a name with a blank',
      () => client.send(new CreateSecretCommand({ Name: 'we bex' })),
      /^InvalidParameterException: Name/,
    ],
    [
      'a token that is too short',
      () =>
        client.send(new PutSecretValueCommand({ SecretId: 'webex', SecretString: 'x', ClientRequestToken: 'short' })),
      /^InvalidParameterException: ClientRequestToken/,
    ],
    [
      'a value that is too long',
      () => client.send(new PutSecretValueCommand({ SecretId: 'webex', SecretString: 'x'.repeat(65_537) })),
      /^InvalidParameterException: SecretString/,
    ],
    [
      'two values',
      () =>
        client.send(
          new PutSecretValueCommand({ SecretId: 'webex', SecretString: 'x', SecretBinary: new Uint8Array([1]) }),
        ),
      /^InvalidParameterException/,
    ],
    ['no value', () => client.send(new PutSecretValueCommand({ SecretId: 'webex' })), /^InvalidParameterException/],
    [
      'a rotation without a function',
      () => client.send(new RotateSecretCommand({ SecretId: 'webex' })),
      /^InvalidRequestException: No Lambda/,
    ],
    [
      'a rotation every hour',
      () =>
        client.send(
          new RotateSecretCommand({
            SecretId: 'webex',
            RotationLambdaARN: FUNCTION,
            RotationRules: { ScheduleExpression: 'rate(1 hour)' },
          }),
        ),
      /^InvalidParameterException: .*4 hours/,
    ],
    [
      'a rotation by a broken expression',
      () =>
        client.send(
          new RotateSecretCommand({
            SecretId: 'webex',
            RotationLambdaARN: FUNCTION,
            RotationRules: { ScheduleExpression: 'cron(x)' },
          }),
        ),
      /^InvalidParameterException/,
    ],
    [
      'rules with two schedules',
      () =>
        client.send(
          new RotateSecretCommand({
            SecretId: 'webex',
            RotationLambdaARN: FUNCTION,
            RotationRules: { ScheduleExpression: 'rate(4 hours)', AutomaticallyAfterDays: 3 },
          }),
        ),
      /^InvalidParameterException/,
    ],
  ])('refuses %s', async (_name, work, expected) => {
    await client.send(new CreateSecretCommand({ Name: 'webex', SecretString: 'one', ClientRequestToken: id('a') }));

    const failure = await failureOf(work());

    expect(failure).toMatch(expected);
  });

  it('draws a random password', async () => {
    const { RandomPassword } = await client.send(
      new GetRandomPasswordCommand({ PasswordLength: 20, ExcludePunctuation: true }),
    );

    expect(RandomPassword).toMatch(/^[A-Za-z0-9]{20}$/);
  });

  it('says which operation it does not know', async () => {
    const response = await fetch(service.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'secretsmanager.DeleteSecret' },
      body: '{}',
    });

    expect(await response.json()).toMatchObject({
      __type: 'UnknownOperationException',
      message: expect.stringContaining('DeleteSecret'),
    });
  });

  it('has everything after a restart', async () => {
    await client.send(new CreateSecretCommand({ Name: 'webex', SecretString: 'one' }));
    await client.send(new PutSecretValueCommand({ SecretId: 'webex', SecretString: 'two' }));

    await service.close();
    await start();

    expect([await valueAt(), await valueAt('AWSPREVIOUS')]).toEqual(['two', 'one']);
  });

  it('makes a secret of the template once, under the ARN of the template', () => {
    const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:webex-abc123';

    const created = [1, 2].map(() =>
      service.ensureSecret({ name: 'webex', arn, initialValue: { secretString: 'one' } }),
    );

    expect(created).toEqual([true, false]);
    expect(['webex', arn, arn.slice(0, -7)].map((secretId) => service.arnOf(secretId))).toEqual([arn, arn, arn]);
  });
});

describe('rotation', () => {
  beforeEach(async () => {
    await client.send(new CreateSecretCommand({ Name: 'webex', SecretString: 'one', ClientRequestToken: id('a') }));
  });
  const rotateSecret = (more: object = {}): Promise<{ readonly VersionId?: string | undefined }> =>
    client.send(new RotateSecretCommand({ SecretId: 'webex', RotationLambdaARN: FUNCTION, ...more }));

  it('drives the four steps and makes the new version current', async () => {
    const { VersionId } = await rotateSecret({ RotationRules: { ScheduleExpression: 'rate(6 hours)' } });
    await service.settled();

    expect(steps.map(({ Step }) => Step)).toEqual(['createSecret', 'setSecret', 'testSecret', 'finishSecret']);
    expect(steps.every(({ ClientRequestToken }) => ClientRequestToken === VersionId)).toBe(true);
    expect([await valueAt(), await valueAt('AWSPREVIOUS')]).toEqual(['new-1', 'one']);
    expect(await client.send(new DescribeSecretCommand({ SecretId: 'webex' }))).toMatchObject({
      RotationEnabled: true,
      RotationLambdaARN: FUNCTION,
      RotationRules: { ScheduleExpression: 'rate(6 hours)' },
      LastRotatedDate: new Date(nowMs),
      NextRotationDate: new Date(nowMs + 6 * HOUR_MS),
    });
  });

  it('shows the pending version without a value before createSecret fills it', async () => {
    let seen: unknown;
    rotate = async (functionArn, event) => {
      seen ??= (await client.send(new DescribeSecretCommand({ SecretId: 'webex' }))).VersionIdsToStages;
      await rotateAsTheTemplate(functionArn, event);
    };

    const { VersionId = '' } = await rotateSecret();
    await service.settled();

    expect(seen).toEqual({ [id('a')]: ['AWSCURRENT'], [VersionId]: ['AWSPENDING'] });
  });

  it('answers a second request while one runs as AWS does, and starts nothing', async () => {
    const gate = Promise.withResolvers<void>();
    rotate = async (functionArn, event) => {
      await gate.promise;
      await rotateAsTheTemplate(functionArn, event);
    };
    await rotateSecret();

    const failure = await failureOf(rotateSecret());
    gate.resolve();
    await service.settled();

    expect(failure).toBe(
      "InvalidRequestException: A previous rotation isn't complete. That rotation will be reattempted.",
    );
    expect(steps).toHaveLength(4);
  });

  it('leaves AWSPENDING after a failed step, and the next request tries the same version again', async () => {
    rotate = async (functionArn, event) => {
      if (event.Step === 'testSecret') {
        throw new Error('no answer from Webex');
      }
      await rotateAsTheTemplate(functionArn, event);
    };
    const { VersionId } = await rotateSecret();
    await service.settled();
    expect([await valueAt(), await valueAt('AWSPENDING')]).toEqual(['one', 'new-1']);

    rotate = rotateAsTheTemplate;
    const failure = await failureOf(rotateSecret());
    await service.settled();

    expect(failure).toMatch(/^InvalidRequestException: A previous rotation isn't complete/);
    expect(await valueAt()).toBe('new-1');
    expect(new Set(steps.map(({ ClientRequestToken }) => ClientRequestToken))).toEqual(new Set([VersionId]));
    expect(outcomes).toEqual([
      expect.objectContaining({ outcome: 'failed', reason: 'testSecret: no answer from Webex' }),
      expect.objectContaining({ outcome: 'rotated', versionId: VersionId }),
    ]);
  });

  it('tries a failed rotation again by itself after a minute', async () => {
    rotate = () => Promise.reject(new Error('down'));
    await rotateSecret();
    await service.settled();

    rotate = rotateAsTheTemplate;
    nowMs += 59_000;
    await service.wake();
    await service.settled();
    const early = steps.length;
    nowMs += 1000;
    await service.wake();
    await service.settled();

    expect(early).toBe(1);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['failed', 'rotated']);
  });

  it('counts a function that does not move AWSCURRENT as failed', async () => {
    rotate = async (functionArn, event) => {
      if (event.Step !== 'finishSecret') {
        await rotateAsTheTemplate(functionArn, event);
      }
    };

    await rotateSecret();
    await service.settled();

    expect(outcomes).toEqual([
      expect.objectContaining({ outcome: 'failed', reason: expect.stringContaining('finishSecret') }),
    ]);
  });

  it('rotates by the schedule, one after the other', async () => {
    service.ensureRotation({
      secretId: 'webex',
      functionArn: FUNCTION,
      rules: { ScheduleExpression: 'rate(4 hours)' },
    });
    await service.settled();
    const before = steps.length;

    for (const _round of [1, 2]) {
      nowMs += 4 * HOUR_MS;
      await service.wake();
      await service.settled();
    }

    expect(before).toBe(0);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['rotated', 'rotated']);
    expect(await valueAt()).toBe('new-5');
  });

  it('catches up at the next start on a rotation that was missed', async () => {
    service.ensureRotation({ secretId: 'webex', functionArn: FUNCTION, rules: { AutomaticallyAfterDays: 1 } });
    await service.close();

    nowMs += 30 * 24 * HOUR_MS;
    await start();
    await service.wake();
    await service.settled();

    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['rotated']);
  });

  it('goes on at the next start with a rotation that was cut off, under the same token', async () => {
    rotate = (_functionArn, { Step }) =>
      Step === 'setSecret' ? new Promise(() => undefined) : rotateAsTheTemplate(FUNCTION, steps[0] as RotationEvent);
    const { VersionId } = await rotateSecret();
    await expect.poll(() => steps.length).toBe(2);
    await service.close();

    rotate = rotateAsTheTemplate;
    await start();
    await service.wake();
    await service.settled();

    expect(outcomes).toEqual([expect.objectContaining({ outcome: 'rotated', versionId: VersionId })]);
    expect(await valueAt()).toBe('new-1');
  });

  it('does not rotate at once when that was not asked for', async () => {
    await rotateSecret({ RotateImmediately: false, RotationRules: { AutomaticallyAfterDays: 7 } });
    await service.settled();

    expect(steps).toEqual([]);
  });
});
