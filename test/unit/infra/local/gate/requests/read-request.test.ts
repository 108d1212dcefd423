import { describe, expect, it } from 'vitest';
import { UnsupportedRequestError } from '../../../../../../infra/local/gate/errors.ts';
import type { ParsedRequest, ResourceNames } from '../../../../../../infra/local/gate/requests/context.ts';
import { readRequest } from '../../../../../../infra/local/gate/requests/read-request.ts';
import type { RequestContext, ServiceName } from '../../../../../../infra/local/gate/types.ts';

const SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:webex-AbC123';
const names: ResourceNames = {
  region: 'us-east-1',
  accountId: '000000000000',
  partitionKeys: { Calls: 'pk' },
  secretArn: (id) => (id === 'webex' || id === SECRET ? SECRET : undefined),
};
const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/Calls';

const json = (operation: string, body: unknown): ParsedRequest => ({
  method: 'POST',
  path: '/',
  query: new URLSearchParams(),
  headers: {},
  operation,
  body,
});
const rest = (method: string, url: string, more: Partial<ParsedRequest> = {}): ParsedRequest => {
  const { pathname, searchParams } = new URL(url, 'http://x');
  return { method, path: pathname, query: searchParams, headers: {}, operation: '', body: undefined, ...more };
};
const wanted = (service: ServiceName, request: ParsedRequest): readonly string[] =>
  readRequest(service, request, names).map(({ action, resource }) => `${action} ${resource}`);
const contextOf = (service: ServiceName, request: ParsedRequest): RequestContext | undefined =>
  readRequest(service, request, names)[0]?.context;

describe('DynamoDB', () => {
  it.each(['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan', 'DescribeTable'])(
    '%s wants the table',
    (operation) => {
      const result = wanted('dynamodb', json(operation, { TableName: 'Calls' }));

      expect(result).toEqual([`dynamodb:${operation} ${TABLE}`]);
    },
  );

  it.each(['Query', 'Scan'])('%s with an index wants the index', (operation) => {
    const result = wanted('dynamodb', json(operation, { TableName: 'Calls', IndexName: 'byNumber' }));

    expect(result).toEqual([`dynamodb:${operation} ${TABLE}/index/byNumber`]);
  });

  it('takes a table that is named by its ARN', () => {
    const result = wanted('dynamodb', json('GetItem', { TableName: `${TABLE}2` }));

    expect(result).toEqual([`dynamodb:GetItem ${TABLE}2`]);
  });

  it('checks each entry of a transaction by its own action and table', () => {
    const TransactItems = [
      { Put: { TableName: 'Calls', Item: {} } },
      { Update: { TableName: 'Counters', Key: {} } },
      { Delete: { TableName: 'Calls', Key: {} } },
      { ConditionCheck: { TableName: 'Suppressions', Key: {} } },
    ];

    const result = wanted('dynamodb', json('TransactWriteItems', { TransactItems }));

    expect(result).toEqual([
      `dynamodb:PutItem ${TABLE}`,
      'dynamodb:UpdateItem arn:aws:dynamodb:us-east-1:000000000000:table/Counters',
      `dynamodb:DeleteItem ${TABLE}`,
      'dynamodb:ConditionCheckItem arn:aws:dynamodb:us-east-1:000000000000:table/Suppressions',
    ]);
  });

  it('checks reads of a transaction as GetItem', () => {
    const result = wanted(
      'dynamodb',
      json('TransactGetItems', { TransactItems: [{ Get: { TableName: 'Calls', Key: {} } }] }),
    );

    expect(result).toEqual([`dynamodb:GetItem ${TABLE}`]);
  });

  it.each([
    [
      'BatchWriteItem',
      { Calls: [{ PutRequest: { Item: { pk: { S: 'a' } } } }, { DeleteRequest: { Key: { pk: { S: 'b' } } } }] },
    ],
    ['BatchGetItem', { Calls: { Keys: [{ pk: { S: 'a' } }, { pk: { S: 'b' } }] } }],
  ])('checks %s by its own action and tells all leading keys', (operation, RequestItems) => {
    const request = json(operation, { RequestItems });

    const [first] = readRequest('dynamodb', request, names);

    expect(first).toMatchObject({
      action: `dynamodb:${operation}`,
      resource: TABLE,
      context: { 'dynamodb:leadingkeys': ['a', 'b'] },
    });
  });

  it.each<[string, unknown, RequestContext[string] | undefined]>([
    ['GetItem', { Key: { pk: { S: 'call1' }, sk: { S: 'CALL' } } }, ['call1']],
    ['PutItem', { Item: { pk: { S: 'call2' }, sk: { S: 'CALL' } } }, ['call2']],
    [
      'Query',
      {
        KeyConditionExpression: 'pk = :p AND begins_with(sk, :s)',
        ExpressionAttributeValues: { ':p': { S: 'call3' } },
      },
      ['call3'],
    ],
    [
      'Query',
      {
        KeyConditionExpression: '#k = :p',
        ExpressionAttributeNames: { '#k': 'pk' },
        ExpressionAttributeValues: { ':p': { S: 'c4' } },
      },
      ['c4'],
    ],
    [
      'Query',
      { IndexName: 'byNumber', KeyConditionExpression: 'n = :p', ExpressionAttributeValues: { ':p': { S: 'c5' } } },
      'unknown',
    ],
    ['Scan', {}, undefined],
  ])('tells the leading keys of %s %j', (operation, body, expected) => {
    const context = contextOf('dynamodb', json(operation, { TableName: 'Calls', ...(body as object) }));

    expect(context?.['dynamodb:leadingkeys']).toEqual(expected);
  });

  it('tells every attribute that an operation names', () => {
    const body = {
      TableName: 'Calls',
      Key: { pk: { S: 'a' } },
      UpdateExpression: 'SET #s = :s, attempts.#n = if_not_exists(created_at, :t) REMOVE due ADD tries :one',
      ConditionExpression: 'attribute_not_exists(locked) AND size(notes) < :max OR NOT #s IN (:a, :b)',
      ExpressionAttributeNames: { '#s': 'status', '#n': 'nested' },
    };

    const context = contextOf('dynamodb', json('UpdateItem', body));

    expect(new Set(context?.['dynamodb:attributes'])).toEqual(
      new Set(['attempts', 'created_at', 'due', 'locked', 'notes', 'pk', 'status', 'tries']),
    );
  });

  it('refuses an operation that it does not know', () => {
    const read = (): unknown => wanted('dynamodb', json('ExecuteStatement', { Statement: 'SELECT * FROM Calls' }));

    expect(read).toThrow(UnsupportedRequestError);
  });

  it('refuses a transaction entry that it does not know', () => {
    const read = (): unknown =>
      wanted('dynamodb', json('TransactWriteItems', { TransactItems: [{ Upsert: { TableName: 'Calls' } }] }));

    expect(read).toThrow(/Upsert/);
  });

  it('leaves stream records to the event source mappings', () => {
    const headers = { 'x-amz-target': 'DynamoDBStreams_20120810.GetRecords' };

    const read = (): unknown => wanted('dynamodb', { ...json('GetRecords', { ShardIterator: 'x' }), headers });

    expect(read).toThrow(UnsupportedRequestError);
  });
});

describe('SQS', () => {
  const QueueUrl = 'http://127.0.0.1:4000/000000000000/dispatch';
  it.each([
    ['SendMessage', 'SendMessage'],
    ['SendMessageBatch', 'SendMessage'],
    ['DeleteMessageBatch', 'DeleteMessage'],
    ['ChangeMessageVisibilityBatch', 'ChangeMessageVisibility'],
    ['ReceiveMessage', 'ReceiveMessage'],
  ])('%s wants %s on the queue of the URL', (operation, action) => {
    const result = wanted('sqs', json(operation, { QueueUrl }));

    expect(result).toEqual([`sqs:${action} arn:aws:sqs:us-east-1:000000000000:dispatch`]);
  });

  it('refuses an operation that it does not know', () => {
    const read = (): unknown => wanted('sqs', json('StartMessageMoveTask', {}));

    expect(read).toThrow(UnsupportedRequestError);
  });
});

describe('Secrets Manager', () => {
  it.each(['webex', SECRET])('names the whole ARN for %s', (SecretId) => {
    const result = wanted('secretsmanager', json('GetSecretValue', { SecretId }));

    expect(result).toEqual([`secretsmanager:GetSecretValue ${SECRET}`]);
  });

  it('tells the stage that is read', () => {
    const contexts = [{}, { VersionStage: 'AWSPENDING' }].map((body) =>
      contextOf('secretsmanager', json('GetSecretValue', { SecretId: 'webex', ...body })),
    );

    expect(contexts.map((context) => context?.['secretsmanager:versionstage'])).toEqual([
      ['AWSCURRENT'],
      ['AWSPENDING'],
    ]);
  });

  it('wants a random password of nobody in particular', () => {
    const result = wanted('secretsmanager', json('GetRandomPassword', {}));

    expect(result).toEqual(['secretsmanager:GetRandomPassword *']);
  });
});

describe('Scheduler', () => {
  const body = { GroupName: 'calls', Target: { RoleArn: 'arn:aws:iam::000000000000:role/SchedulerRole' } };
  const SCHEDULE = 'arn:aws:scheduler:us-east-1:000000000000:schedule/calls/call-1';

  it.each([
    ['POST', 'CreateSchedule'],
    ['PUT', 'UpdateSchedule'],
  ])('%s wants %s and to pass the role of the target', (method, action) => {
    const request = rest(method, '/schedules/call-1', { body });

    const result = readRequest('scheduler', request, names);

    expect(result).toMatchObject([
      { action: `scheduler:${action}`, resource: SCHEDULE },
      {
        action: 'iam:PassRole',
        resource: 'arn:aws:iam::000000000000:role/SchedulerRole',
        context: { 'iam:passedtoservice': ['scheduler.amazonaws.com'] },
      },
    ]);
  });

  it.each([
    ['DELETE', '/schedules/call-1?groupName=calls', `scheduler:DeleteSchedule ${SCHEDULE}`],
    [
      'GET',
      '/schedules/call-1',
      'scheduler:GetSchedule arn:aws:scheduler:us-east-1:000000000000:schedule/default/call-1',
    ],
    ['GET', '/schedules', 'scheduler:ListSchedules arn:aws:scheduler:us-east-1:000000000000:schedule/*/*'],
    [
      'POST',
      '/schedule-groups/calls',
      'scheduler:CreateScheduleGroup arn:aws:scheduler:us-east-1:000000000000:schedule-group/calls',
    ],
  ])('%s %s', (method, url, expected) => {
    const result = wanted('scheduler', rest(method, url));

    expect(result).toEqual([expected]);
  });

  it('refuses a path that it does not know', () => {
    const read = (): unknown => wanted('scheduler', rest('GET', '/tags/x'));

    expect(read).toThrow(UnsupportedRequestError);
  });
});

describe('EventBridge', () => {
  it('wants each bus of the entries once', () => {
    const Entries = [
      {},
      { EventBusName: 'calls' },
      { EventBusName: 'calls' },
      { EventBusName: 'arn:aws:events:eu-west-1:1:event-bus/far' },
    ];

    const result = wanted('events', json('PutEvents', { Entries }));

    expect(result).toEqual([
      'events:PutEvents arn:aws:events:us-east-1:000000000000:event-bus/default',
      'events:PutEvents arn:aws:events:us-east-1:000000000000:event-bus/calls',
      'events:PutEvents arn:aws:events:eu-west-1:1:event-bus/far',
    ]);
  });
});

describe('S3', () => {
  it.each([
    ['GET', '/uploads/a/b%20c.csv?x-id=GetObject', ['s3:GetObject arn:aws:s3:::uploads/a/b c.csv']],
    ['HEAD', '/uploads/a.csv', ['s3:GetObject arn:aws:s3:::uploads/a.csv']],
    ['PUT', '/uploads/a.csv', ['s3:PutObject arn:aws:s3:::uploads/a.csv']],
    ['DELETE', '/uploads/a.csv', ['s3:DeleteObject arn:aws:s3:::uploads/a.csv']],
    ['GET', '/uploads?list-type=2&prefix=a', ['s3:ListBucket arn:aws:s3:::uploads']],
    ['HEAD', '/uploads/', ['s3:ListBucket arn:aws:s3:::uploads']],
    ['POST', '/uploads/a.csv?uploads', ['s3:PutObject arn:aws:s3:::uploads/a.csv']],
    ['PUT', '/uploads/a.csv?partNumber=1&uploadId=u', ['s3:PutObject arn:aws:s3:::uploads/a.csv']],
    ['DELETE', '/uploads/a.csv?uploadId=u', ['s3:AbortMultipartUpload arn:aws:s3:::uploads/a.csv']],
    ['GET', '/', ['s3:ListAllMyBuckets *']],
  ])('%s %s', (method, url, expected) => {
    const result = wanted('s3', rest(method, url));

    expect(result).toEqual(expected);
  });

  it.each([
    ['/uploads?list-type=2&prefix=incoming%2F7%2F', ['incoming/7/']],
    ['/uploads?list-type=2', undefined],
  ])('tells the prefix of %s, for a statement that is limited to one', (url, expected) => {
    const [listing] = readRequest('s3', rest('GET', url), names);

    expect(listing?.context?.['s3:prefix']).toEqual(expected);
  });

  it('wants the source of a copy too', () => {
    const request = rest('PUT', '/uploads/b.csv', {
      headers: { 'x-amz-copy-source': 'uploads/a%20a.csv?versionId=1' },
    });

    const result = wanted('s3', request);

    expect(result).toEqual(['s3:PutObject arn:aws:s3:::uploads/b.csv', 's3:GetObject arn:aws:s3:::uploads/a a.csv']);
  });

  it('wants each object of a DeleteObjects', () => {
    const body = '<Delete><Object><Key>a&amp;b.csv</Key></Object><Object><Key>c.csv</Key></Object></Delete>';

    const result = wanted('s3', rest('POST', '/uploads?delete', { body }));

    expect(result).toEqual([
      's3:DeleteObject arn:aws:s3:::uploads/a&b.csv',
      's3:DeleteObject arn:aws:s3:::uploads/c.csv',
    ]);
  });

  it.each([
    ['POST', '/uploads?delete'],
    ['PUT', '/uploads?policy'],
    ['GET', '/uploads/a?acl'],
  ])('refuses %s %s, whose action it cannot tell', (method, url) => {
    const read = (): unknown => wanted('s3', rest(method, url));

    expect(read).toThrow(UnsupportedRequestError);
  });
});

describe('a service without a reader', () => {
  it('is refused', () => {
    const read = (): unknown => wanted('sns', rest('POST', '/'));

    expect(read).toThrow(UnsupportedRequestError);
  });
});

describe('Step Functions', () => {
  const machine = 'arn:aws:states:us-east-1:000000000000:stateMachine:plans';

  it('StartExecution wants the state machine, DescribeExecution the execution', () => {
    const execution = `${machine.replace('stateMachine', 'execution')}:one`;

    expect(wanted('states', json('StartExecution', { stateMachineArn: machine }))).toEqual([
      `states:StartExecution ${machine}`,
    ]);
    expect(wanted('states', json('DescribeExecution', { executionArn: execution }))).toEqual([
      `states:DescribeExecution ${execution}`,
    ]);
  });

  it('refuses what it does not know', () => {
    expect(() => wanted('states', json('StopExecution', {}))).toThrow(UnsupportedRequestError);
  });
});
