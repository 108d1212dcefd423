import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DynamoEngine, startDynamo } from '../../infra/local/engines/dynamo.ts';
import { type QueuesEngine, startQueues } from '../../infra/local/engines/queues.ts';
import {
  type Gate,
  type GatePrincipal,
  type PolicyStatement,
  readUsage,
  startGate,
} from '../../infra/local/gate/index.ts';
import { type Scheduler, startScheduler } from '../../infra/local/services/scheduler.ts';
import { type SecretsManager, startSecretsManager } from '../../infra/local/services/secrets-manager.ts';
import { engineOfThisRun } from '../support/engines.ts';

const region = 'us-east-1';
const accountId = '000000000000';
const ADMIN = 'LOCALADMIN';
const TABLE = `arn:aws:dynamodb:${region}:${accountId}:table/Calls`;
const QUEUE = `arn:aws:sqs:${region}:${accountId}:dispatch`;
const SECRET = `arn:aws:secretsmanager:${region}:${accountId}:secret:webex-AbC123`;
const SCHEDULER_ROLE = `arn:aws:iam::${accountId}:role/SchedulerRole`;

const principal = (
  accessKeyId: string,
  functionName: string,
  statements: readonly PolicyStatement[],
): GatePrincipal => ({
  accessKeyId,
  functionName,
  roleArn: `arn:aws:iam::${accountId}:role/${functionName}-role`,
  statements,
});

const writer = principal('KEYWRITER', 'request-call', [
  { Effect: 'Allow', Action: ['dynamodb:PutItem', 'dynamodb:GetItem'], Resource: TABLE },
  { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: QUEUE },
  { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: SECRET },
  {
    Effect: 'Allow',
    Action: 'scheduler:CreateSchedule',
    Resource: `arn:aws:scheduler:${region}:${accountId}:schedule/default/*`,
  },
]);
const scheduler = principal('KEYSCHEDULER', 'time-call', [
  {
    Effect: 'Allow',
    Action: 'scheduler:CreateSchedule',
    Resource: `arn:aws:scheduler:${region}:${accountId}:schedule/default/*`,
  },
  {
    Effect: 'Allow',
    Action: 'iam:PassRole',
    Resource: SCHEDULER_ROLE,
    Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
  },
]);
const nobody = principal('KEYNOBODY', 'read-call', []);

let directory: string;
let dynamo: DynamoEngine;
let queues: QueuesEngine;
let secrets: SecretsManager;
let schedules: Scheduler;
let gate: Gate;

const configFor = (accessKeyId: string) => ({
  region,
  endpoint: gate.url.href,
  credentials: { accessKeyId, secretAccessKey: 'local' },
  maxAttempts: 1,
});
const failureOf = async (
  work: Promise<unknown>,
): Promise<{ readonly name: string; readonly message: string; readonly status: number | undefined }> => {
  try {
    await work;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { readonly $metadata?: { readonly httpStatusCode?: number } };
    return { name, message, status: $metadata?.httpStatusCode };
  }
  throw new Error('It was allowed.');
};
const schedule = (client: SchedulerClient, Name: string): Promise<unknown> =>
  client.send(
    new CreateScheduleCommand({
      Name,
      ScheduleExpression: 'rate(1 day)',
      StartDate: new Date(Date.now() + 3_600_000),
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: QUEUE, RoleArn: SCHEDULER_ROLE, Input: '{}' },
    }),
  );

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gate-'));
  [dynamo, queues, secrets, schedules] = await Promise.all([
    startDynamo({ engine: engineOfThisRun(), dataDir: join(directory, 'dynamo') }),
    startQueues({ dataDir: join(directory, 'queues') }),
    startSecretsManager({ dataDir: directory, region, accountId, invokeRotation: async () => undefined }),
    startScheduler({ dataDir: directory, region, accountId, deliver: async () => undefined }),
  ]);
  secrets.ensureSecret({ name: 'webex', arn: SECRET, initialValue: { secretString: '{"clientId":"c"}' } });
  gate = await startGate({
    region,
    accountId,
    adminAccessKeyId: ADMIN,
    endpoints: {
      dynamodb: dynamo.url,
      sqs: queues.url,
      s3: queues.url,
      secretsmanager: secrets.url,
      scheduler: schedules.url,
    },
    principals: [writer, scheduler, nobody],
    usageFile: join(directory, 'usage.json'),
    secretArn: (id) => secrets.arnOf(id),
  });
  await new DynamoDBClient(configFor(ADMIN)).send(
    new CreateTableCommand({
      TableName: 'Calls',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  );
  await new SQSClient(configFor(ADMIN)).send(new CreateQueueCommand({ QueueName: 'dispatch' }));
});
afterAll(async () => {
  await Promise.all([gate.close(), dynamo.close(), queues.close(), secrets.close(), schedules.close()]);
  rmSync(directory, { recursive: true });
});

describe('the gate, asked by the real SDK', () => {
  it('passes on what the role allows', async () => {
    const client = new DynamoDBClient(configFor('KEYWRITER'));

    await client.send(new PutItemCommand({ TableName: 'Calls', Item: { pk: { S: 'a' }, note: { S: 'ä€😀' } } }));
    const { Item } = await client.send(new GetItemCommand({ TableName: 'Calls', Key: { pk: { S: 'a' } } }));

    expect(Item?.['note']).toEqual({ S: 'ä€😀' });
  });

  it('refuses another action on the same table as AWS does', async () => {
    const failure = await failureOf(
      new DynamoDBClient(configFor('KEYNOBODY')).send(
        new GetItemCommand({ TableName: 'Calls', Key: { pk: { S: 'a' } } }),
      ),
    );

    expect(failure).toEqual({
      name: 'AccessDeniedException',
      status: 400,
      message: `User: arn:aws:sts::${accountId}:assumed-role/read-call-role/read-call is not authorized to perform: dynamodb:GetItem on resource: ${TABLE} because no identity-based policy allows the dynamodb:GetItem action`,
    });
  });

  it('refuses a whole transaction for one entry that is not allowed, and writes none of it', async () => {
    const client = new DynamoDBClient(configFor('KEYWRITER'));
    const transaction = new TransactWriteItemsCommand({
      TransactItems: [
        { Put: { TableName: 'Calls', Item: { pk: { S: 'tx' } } } },
        { Delete: { TableName: 'Calls', Key: { pk: { S: 'a' } } } },
      ],
    });

    const failure = await failureOf(client.send(transaction));
    const { Item } = await client.send(
      new GetItemCommand({ TableName: 'Calls', Key: { pk: { S: 'tx' } }, ConsistentRead: true }),
    );

    expect(failure.message).toContain('dynamodb:DeleteItem');
    expect(Item).toBeUndefined();
  });

  it('allows sending to a queue and refuses receiving from it', async () => {
    const client = new SQSClient(configFor('KEYWRITER'));
    const QueueUrl = `${gate.url.href}${accountId}/dispatch`;

    const sent = await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    const failure = await failureOf(client.send(new ReceiveMessageCommand({ QueueUrl })));

    expect(sent.MessageId).toBeDefined();
    expect(failure).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`sqs:ReceiveMessage on resource: ${QUEUE}`),
    });
  });

  it.each(['webex', SECRET])('finds the secret under %s', async (SecretId) => {
    const value = await new SecretsManagerClient(configFor('KEYWRITER')).send(new GetSecretValueCommand({ SecretId }));

    expect(value.SecretString).toBe('{"clientId":"c"}');
  });

  it('refuses a secret to a role that has none', async () => {
    const failure = await failureOf(
      new SecretsManagerClient(configFor('KEYNOBODY')).send(new GetSecretValueCommand({ SecretId: 'webex' })),
    );

    expect(failure).toMatchObject({ name: 'AccessDeniedException', message: expect.stringContaining(SECRET) });
  });

  it('lets nobody create a schedule who may not pass its role', async () => {
    const failure = await failureOf(schedule(new SchedulerClient(configFor('KEYWRITER')), 'not-passed'));

    expect(failure).toMatchObject({
      name: 'AccessDeniedException',
      status: 403,
      message: expect.stringContaining(`iam:PassRole on resource: ${SCHEDULER_ROLE}`),
    });
  });

  it('lets one create a schedule who may pass its role', async () => {
    await expect(schedule(new SchedulerClient(configFor('KEYSCHEDULER')), 'passed')).resolves.toBeDefined();
  });

  it('refuses an access key that nobody has', async () => {
    const failure = await failureOf(
      new DynamoDBClient(configFor('KEYSTRANGER')).send(
        new GetItemCommand({ TableName: 'Calls', Key: { pk: { S: 'a' } } }),
      ),
    );

    expect(failure.name).toBe('UnrecognizedClientException');
  });

  it('refuses a request without a signature', async () => {
    const response = await fetch(gate.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' },
      body: '{}',
    });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: expect.stringContaining('MissingAuthenticationToken') });
  });

  it('refuses S3 in the XML of S3', async () => {
    const authorization = `AWS4-HMAC-SHA256 Credential=KEYNOBODY/20260101/${region}/s3/aws4_request, SignedHeaders=host, Signature=0`;

    const response = await fetch(new URL('/uploads/a.csv', gate.url), { headers: { authorization } });

    expect(response.status).toBe(403);
    expect(await response.text()).toContain('<Code>AccessDenied</Code>');
  });

  it('finds the caller of a presigned URL', async () => {
    const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(`KEYNOBODY/20260101/${region}/s3/aws4_request`)}`;

    const response = await fetch(new URL(`/uploads/a.csv?${query}`, gate.url));

    expect(await response.text()).toContain('read-call-role');
  });

  it('says which service it does not run', async () => {
    const authorization = `AWS4-HMAC-SHA256 Credential=KEYWRITER/20260101/${region}/kinesis/aws4_request, SignedHeaders=host, Signature=0`;

    const response = await fetch(gate.url, { method: 'POST', headers: { authorization }, body: '{}' });

    expect(await response.text()).toContain('runs no service \\"kinesis\\"');
  });

  it('refuses a body that is not JSON', async () => {
    const authorization = `AWS4-HMAC-SHA256 Credential=KEYWRITER/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`;

    const response = await fetch(gate.url, {
      method: 'POST',
      headers: { authorization, 'x-amz-target': 'DynamoDB_20120810.GetItem' },
      body: '{',
    });

    expect(await response.text()).toContain('SerializationException');
  });

  it('reports what was refused and which grants were used', async () => {
    gate.authorize('request-call', 'sqs:SendMessage', QUEUE);

    const usage = gate.usage();

    expect(usage['read-call']?.denied).toContainEqual(
      expect.objectContaining({ action: 'dynamodb:GetItem', resource: TABLE }),
    );
    expect(usage['request-call']?.granted.find(({ action }) => action === 'sqs:SendMessage')?.used).toBeGreaterThan(0);
    expect(usage['time-call']?.granted.map(({ action, used }) => `${action} ${used}`)).toEqual([
      'scheduler:CreateSchedule 1',
      'iam:PassRole 1',
    ]);
    await expect.poll(() => readUsage(join(directory, 'usage.json'))['request-call']?.denied.length).toBeGreaterThan(0);
  });

  it('refuses what a new policy does not allow any more', async () => {
    const client = new DynamoDBClient(configFor('KEYWRITER'));
    const get = new GetItemCommand({ TableName: 'Calls', Key: { pk: { S: 'a' } } });
    await client.send(get);

    gate.setPrincipals([{ ...writer, statements: writer.statements.slice(1) }, scheduler, nobody]);
    const failure = await failureOf(client.send(get));
    gate.setPrincipals([writer, scheduler, nobody]);

    expect(failure.name).toBe('AccessDeniedException');
    await expect(client.send(get)).resolves.toBeDefined();
  });

  it('starts with no policy that it cannot evaluate', async () => {
    const broken = principal('KEYBROKEN', 'broken', [
      { Effect: 'Allow', Action: 's3:*', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } },
    ]);

    const starting = startGate({ region, accountId, adminAccessKeyId: ADMIN, endpoints: {}, principals: [broken] });

    await expect(starting).rejects.toThrow(/Policy of broken.*IpAddress/);
  });
});

describe('the gate and a service that is away', () => {
  let upstream: Server;
  afterAll(() => upstream.close());

  it('answers 503, which the SDK tries again', async () => {
    upstream = createServer((_request, response) => response.destroy()).listen(0, '127.0.0.1');
    await new Promise((resolve) => upstream.once('listening', resolve));
    const url = new URL(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`);
    const other = await startGate({
      region,
      accountId,
      adminAccessKeyId: ADMIN,
      endpoints: { dynamodb: url },
      principals: [],
    });

    const failure = await failureOf(
      new DynamoDBClient({ ...configFor(ADMIN), endpoint: other.url.href }).send(
        new GetItemCommand({ TableName: 'Calls', Key: { pk: { S: 'a' } } }),
      ),
    );
    await other.close();

    expect(failure).toMatchObject({ name: 'ServiceUnavailable', status: 503 });
  });
});
