import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
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

    expect(Object.values(tables)).toHaveLength(3);
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

  it('asks operators for a token and the public for none', () => {
    const routes = Object.values(template('RingbackService').findResources('AWS::ApiGatewayV2::Route')).map(
      (route) => (route as { Properties: { RouteKey: string; AuthorizationType: string } }).Properties,
    );
    const open = routes.filter((route) => route.AuthorizationType === 'NONE').map((route) => route.RouteKey);

    expect(open.every((route) => /\/v1\/(callbacks|lines)|\/callback|\/oauth/.test(route))).toBe(true);
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

  it.each(['RingbackStateful', 'RingbackService'])('matches the snapshot of %s', (stack) => {
    // Asset hashes change with every line of code and say nothing about the deployment.
    const text = JSON.stringify(template(stack).toJSON(), null, 2).replaceAll(/[0-9a-f]{64}/g, '<hash>');

    expect(text).toMatchSnapshot();
  });
});
