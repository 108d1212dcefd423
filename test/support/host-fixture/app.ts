import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, Duration, RemovalPolicy, SecretValue, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { build } from 'esbuild';
import type { CreateApp } from '../../../infra/local/template/synthesize.ts';
import { defineConfig } from '../../../src/settings/define-config.ts';
import type { Settings } from '../../../src/settings/schema.ts';

const FUNCTIONS = ['accept', 'follow', 'read', 'rotate', 'tick', 'work'] as const;
type FunctionName = (typeof FUNCTIONS)[number];

const bundle = (outdir: string): Promise<unknown> =>
  Promise.all(
    FUNCTIONS.map((name) =>
      build({
        entryPoints: { index: fileURLToPath(new URL(`functions/${name}.ts`, import.meta.url)) },
        outdir: join(outdir, name),
        bundle: true,
        format: 'esm',
        outExtension: { '.js': '.mjs' },
        platform: 'node',
        target: 'node24',
        mainFields: ['module', 'main'],
        banner: {
          js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
        },
        logLevel: 'error',
      }),
    ),
  );

/** A small app with one of everything that the local host runs: what a request starts goes around the whole circle. */
export const createFixtureApp: CreateApp<Settings> = async ({ settings, outdir, bundles }) => {
  await bundle(bundles);
  const app = new App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: false });
  const data = new Stack(app, 'FixtureData');
  const table = new dynamodb.Table(data, 'Items', {
    partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    stream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
    timeToLiveAttribute: 'ttl',
    removalPolicy: RemovalPolicy.RETAIN,
  });
  table.addGlobalSecondaryIndex({
    indexName: 'byState',
    partitionKey: { name: 'state', type: dynamodb.AttributeType.STRING },
  });
  const deadLetters = new sqs.Queue(data, 'DeadLetters', { enforceSSL: true });
  const queue = new sqs.Queue(data, 'Work', {
    visibilityTimeout: Duration.seconds(2),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: 2 },
  });
  const secret = new secretsmanager.Secret(data, 'Counter', {
    secretStringValue: SecretValue.unsafePlainText('{"count":0}'),
  });

  const service = new Stack(app, 'FixtureService');
  const fn = (name: FunctionName): lambda.Function =>
    new lambda.Function(service, name, {
      code: lambda.Code.fromAsset(join(bundles, name)),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      timeout: Duration.seconds(2),
      memorySize: 256,
      environment: { TABLE: table.tableName, QUEUE_URL: queue.queueUrl },
    });
  const accept = fn('accept');
  table.grantWriteData(accept);
  const read = fn('read');
  table.grantReadData(read);
  const follow = fn('follow');
  queue.grantSendMessages(follow);
  follow.addEventSource(
    new DynamoEventSource(table, {
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      reportBatchItemFailures: true,
      filters: [
        lambda.FilterCriteria.filter({
          eventName: lambda.FilterRule.isEqual('INSERT'),
          dynamodb: { NewImage: { state: { S: lambda.FilterRule.isEqual('accepted') } } },
        }),
      ],
    }),
  );
  const work = fn('work');
  table.grantWriteData(work);
  work.addEventSource(new SqsEventSource(queue, { reportBatchItemFailures: true }));
  const rotate = fn('rotate');
  new secretsmanager.RotationSchedule(service, 'Rotation', {
    secret,
    rotationLambda: rotate,
    automaticallyAfter: Duration.days(30),
    rotateImmediatelyOnUpdate: false,
  });

  const tick = fn('tick');
  table.grantWriteData(tick);
  const role = new iam.Role(service, 'TickRole', { assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com') });
  tick.grantInvoke(role);
  const group = new scheduler.CfnScheduleGroup(service, 'Group');
  new scheduler.CfnSchedule(service, 'Tick', {
    groupName: group.ref,
    scheduleExpression: 'rate(1 minute)',
    flexibleTimeWindow: { mode: 'OFF' },
    target: { arn: tick.functionArn, roleArn: role.roleArn, input: JSON.stringify({ beat: 'once' }) },
  });

  const api = new apigateway.HttpApi(service, 'Api', {
    corsPreflight: {
      allowOrigins: [...settings.site.origins],
      allowMethods: [apigateway.CorsHttpMethod.POST],
      allowHeaders: ['content-type'],
      maxAge: Duration.minutes(10),
    },
  });
  const authorizer = new HttpJwtAuthorizer('Operators', settings.operators.issuer, {
    jwtAudience: [settings.operators.audience],
  });
  api.addRoutes({
    path: '/items',
    methods: [apigateway.HttpMethod.POST],
    integration: new HttpLambdaIntegration('Accept', accept),
  });
  api.addRoutes({
    path: '/items/{id}',
    methods: [apigateway.HttpMethod.GET],
    integration: new HttpLambdaIntegration('Read', read),
    authorizer,
  });
  return app;
};

/** Settings that pass their check; the fixture only reads the site and the operators. */
export const fixtureSettings = defineConfig({
  organization: { id: '7f2c1f6e-3d0b-4a55-9a3e-5d2f2c9b8a10', name: 'Fixture' },
  webex: { region: 'us1' },
  lines: { billing: { topic: 'Billing', entryPointId: '2b1c7a90-6f0e-4a39-8c55-0f6f3a7d1e01' } },
  countries: ['US'],
  consent: { current: 'one', wordings: { one: { en: 'I ask to be called at the number above.' } } },
  site: { origins: ['https://www.example.com'] },
  operators: { issuer: 'https://login.example.com', audience: 'fixture' },
});
