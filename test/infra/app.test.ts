import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../infra/app.ts';
import settings from '../../ringback.config.ts';

let folder: string;
let app: App;
let assembly: CloudAssembly;
const template = (stack: string): Template =>
  Template.fromJSON(assembly.getStackByName(stack).template as Record<string, unknown>);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringback-infra-'));
  app = await createApp({ settings, outdir: join(folder, 'assembly'), bundles: join(folder, 'bundles') });
  assembly = app.synth();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the deployment', () => {
  it('passes CDK’s template validation and cdk-nag', async () => {
    const report = JSON.parse(await readFile(join(assembly.directory, 'validation-report.json'), 'utf8')) as {
      pluginReports: { pluginName: string; conclusion: string; violations: unknown[] }[];
    };

    expect(report.pluginReports.map((plugin) => plugin.pluginName)).toContain('AwsSolutions');
    for (const plugin of report.pluginReports) expect(plugin).toMatchObject({ conclusion: 'success', violations: [] });
  });

  it('keeps every table when its stack goes, with point-in-time recovery and deletion protection', () => {
    const tables = template('RingbackStateful').findResources('AWS::DynamoDB::Table');

    expect(Object.values(tables)).toHaveLength(4);
    for (const table of Object.values(tables)) {
      expect(table).toMatchObject({
        DeletionPolicy: 'Retain',
        Properties: {
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      });
    }
  });

  it('runs every function on nodejs24.x and arm64 with a time limit', () => {
    const functions = Object.values(template('RingbackService').findResources('AWS::Lambda::Function'));

    expect(functions.length).toBeGreaterThanOrEqual(7);
    for (const found of functions) {
      expect(found).toMatchObject({
        Properties: { Runtime: 'nodejs24.x', Architectures: ['arm64'], Timeout: expect.any(Number) },
      });
    }
  });

  it('plans large files by a state machine that is logged and traced, under a role that names what it may do', () => {
    const service = template('RingbackService');
    const [machine] = Object.values(service.findResources('AWS::StepFunctions::StateMachine'));
    const policies = Object.values(service.findResources('AWS::IAM::Policy')) as {
      Properties: { PolicyDocument: { Statement: { Sid: string; Action: unknown; Resource: unknown }[] } };
    }[];
    const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    const invoke = statements.find(({ Sid }) => Sid === 'PlanParts');

    expect(machine).toMatchObject({
      Properties: {
        StateMachineType: 'STANDARD',
        LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
        TracingConfiguration: { Enabled: true },
      },
    });
    expect(invoke).toMatchObject({
      Action: 'lambda:InvokeFunction',
      Resource: { 'Fn::GetAtt': [expect.stringContaining('PlanPart'), 'Arn'] },
    });
    expect(JSON.stringify(service.findResources('AWS::CloudWatch::Alarm'))).toContain('"ExecutionsFailed"');
  });

  it('asks operators for a token and the public for none', () => {
    const routes = Object.values(template('RingbackService').findResources('AWS::ApiGatewayV2::Route')).map(
      (route) => (route as { Properties: { RouteKey: string; AuthorizationType: string } }).Properties,
    );
    const open = routes.filter((route) => route.AuthorizationType === 'NONE').map((route) => route.RouteKey);

    expect(open.every((route) => /\/v1\/(callbacks|lines|challenge|triggers)|\/callback|\/oauth/.test(route))).toBe(
      true,
    );
    expect(open).toContain('POST /v1/callbacks');
    expect(routes.filter((route) => route.AuthorizationType === 'JWT').map((route) => route.RouteKey)).toContain(
      'PUT /v1/suppressions/{number}',
    );
  });

  it('gives up a message for a dead letter after five receives', () => {
    const queues = Object.values(template('RingbackStateful').findResources('AWS::SQS::Queue')) as {
      Properties: { RedrivePolicy?: { maxReceiveCount: number } };
    }[];

    expect(queues.flatMap((queue) => queue.Properties.RedrivePolicy?.maxReceiveCount ?? [])).toContain(5);
  });

  it('renews the token one step at a time, with time enough to store what Webex answers late', () => {
    const renewing = (): void =>
      template('RingbackService').hasResourceProperties('AWS::Lambda::Function', {
        Environment: Match.objectLike({ Variables: Match.objectLike({ POWERTOOLS_SERVICE_NAME: 'rotate-token' }) }),
        ReservedConcurrentExecutions: 1,
        Timeout: 60,
      });

    expect(renewing).not.toThrow();
  });

  it('says in the alarm of a dead refresh token that calls wait, and where to sign in', () => {
    const alarms = Object.values(template('RingbackService').findResources('AWS::CloudWatch::Alarm'));
    const dead = alarms.find((alarm) => JSON.stringify(alarm).includes('"MetricName":"RefreshTokenDead"'));

    expect(JSON.stringify(dead)).toMatch(/Every call waits.*oauth\/authorize/);
  });

  it('grants no action by a wildcard', () => {
    const policies = Object.values(template('RingbackService').findResources('AWS::IAM::Policy')) as {
      Properties: { PolicyDocument: { Statement: { Action: string | string[] }[] } };
    }[];
    const actions = policies.flatMap((policy) =>
      policy.Properties.PolicyDocument.Statement.flatMap((statement) => statement.Action),
    );

    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    expect(actions).toContain('dynamodb:PutItem');
  });

  it.each([
    ['KeepSuppressions', '+*'],
    ['FindSentContacts', 'NUMBER#*'],
  ])('lets %s touch items of numbers only', (sid, keys) => {
    const policies = Object.values(template('RingbackService').findResources('AWS::IAM::Policy')) as {
      Properties: { PolicyDocument: { Statement: { Sid: string; Condition?: unknown }[] } };
    }[];
    const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);

    expect(statements.filter(({ Sid }) => Sid === sid).map(({ Condition }) => Condition)).toEqual([
      { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } },
    ]);
  });

  it('keeps the registry in a private bucket that tells a queue of uploads, without a custom resource', () => {
    const stateful = template('RingbackStateful');

    stateful.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      NotificationConfiguration: {
        QueueConfigurations: [
          Match.objectLike({ Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'uploads/US/' }] } } }),
        ],
      },
    });
    template('RingbackService').hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({ REGISTRY_PREFIX: 'registry/US/', POWERTOOLS_SERVICE_NAME: 'import-registry' }),
      },
      MemorySize: 1_024,
      Timeout: 900,
    });
    for (const stack of ['RingbackStateful', 'RingbackService']) {
      const types = Object.values(template(stack).toJSON()['Resources'] as Record<string, { Type: string }>);
      expect(types.filter(({ Type }) => Type.startsWith('Custom::'))).toEqual([]);
    }
  });

  it('loads the S3 client in dispatch-call only with the first call that needs the registry', async () => {
    const directory = join(folder, 'bundles', 'dispatch-call');
    const loadedAtStart = new Map<string, string>();
    const load = async (file: string): Promise<void> => {
      if (loadedAtStart.has(file)) return;
      const text = await readFile(join(directory, file), 'utf8');
      loadedAtStart.set(file, text);
      for (const [, chunk = ''] of text.matchAll(/(?:from|import)\s*"\.\/(chunk-[^"]+)"/g)) await load(chunk);
    };
    await load('index.mjs');

    const withS3 = (text: string): boolean => text.includes('NoSuchKey');
    const files = (await readdir(directory)).filter((file) => file.endsWith('.mjs'));
    const texts = await Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')));

    expect(texts.some(withS3)).toBe(true);
    expect([...loadedAtStart.values()].some(withS3)).toBe(false);
  });

  it.each(['RingbackStateful', 'RingbackService'])('matches the snapshot of %s', (stack) => {
    // Asset hashes change with every line of code and say nothing about the deployment.
    const text = JSON.stringify(template(stack).toJSON(), null, 2).replaceAll(/[0-9a-f]{64}/g, '<hash>');

    expect(text).toMatchSnapshot();
  });
});
