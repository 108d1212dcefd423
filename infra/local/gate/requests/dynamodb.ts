import { UnsupportedRequestError } from '../errors.ts';
import type { AccessRequest, ContextValue } from '../types.ts';
import { attributesOf, leadingKeysOf } from './dynamodb-context.ts';
import { isRecord, listMember, member, type ParsedRequest, type ResourceNames, stringMember } from './context.ts';

const SINGLE_TABLE_OPERATIONS: ReadonlySet<string> = new Set([
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeContinuousBackups',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'UpdateContinuousBackups',
  'UpdateItem',
  'UpdateTable',
  'UpdateTimeToLive',
]);

/** Member of a transaction's entry to the action that IAM asks for. */
const TRANSACTION_ACTIONS: Readonly<Record<string, string>> = {
  ConditionCheck: 'dynamodb:ConditionCheckItem',
  Delete: 'dynamodb:DeleteItem',
  Get: 'dynamodb:GetItem',
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
};

/** The ARN of a table that a request names by name or by ARN; missing names are left to the service to refuse. */
const tableArn = (table: string | undefined, names: ResourceNames): string =>
  table?.startsWith('arn:') === true
    ? table
    : `arn:aws:dynamodb:${names.region}:${names.accountId}:table/${table ?? ''}`;

const tableNameOf = (table: string | undefined): string => table?.slice(table.lastIndexOf('/') + 1) ?? '';

const operationContext = (operation: unknown, names: ResourceNames): Readonly<Record<string, ContextValue>> => {
  const partitionKey = names.partitionKeys[tableNameOf(stringMember(operation, 'TableName'))];
  const leadingKeys = leadingKeysOf(operation, partitionKey);
  return {
    'dynamodb:attributes': attributesOf(operation),
    ...(leadingKeys === undefined ? {} : { 'dynamodb:leadingkeys': leadingKeys }),
  };
};

const singleTable = (operation: string, body: unknown, names: ResourceNames): readonly AccessRequest[] => {
  const table = tableArn(stringMember(body, 'TableName'), names);
  const index = stringMember(body, 'IndexName');
  return [
    {
      action: `dynamodb:${operation}`,
      resource: index === undefined ? table : `${table}/index/${index}`,
      context: operationContext(body, names),
    },
  ];
};

const transaction = (body: unknown, names: ResourceNames): readonly AccessRequest[] =>
  listMember(body, 'TransactItems').flatMap((item) =>
    Object.entries(isRecord(item) ? item : {}).map(([kind, operation]) => {
      const action = TRANSACTION_ACTIONS[kind];
      if (action === undefined) {
        throw new UnsupportedRequestError(
          `TransactItems holds "${kind}", which is none of ${Object.keys(TRANSACTION_ACTIONS).join(', ')}.`,
        );
      }
      return {
        action,
        resource: tableArn(stringMember(operation, 'TableName'), names),
        context: operationContext(operation, names),
      };
    }),
  );

/** The items that a batch puts, deletes or gets in one table, each in the shape of a single operation. */
const batchedOperations = (tableName: string, entry: unknown): readonly unknown[] => {
  const writes = (Array.isArray(entry) ? entry : []).map((write: unknown) => ({
    TableName: tableName,
    ...(isRecord(member(write, 'PutRequest')) ? { Item: member(member(write, 'PutRequest'), 'Item') } : {}),
    ...(isRecord(member(write, 'DeleteRequest')) ? { Key: member(member(write, 'DeleteRequest'), 'Key') } : {}),
  }));
  const reads = listMember(entry, 'Keys').map((key) => ({
    ...(isRecord(entry) ? entry : {}),
    TableName: tableName,
    Key: key,
  }));
  return [...writes, ...reads];
};

// IAM checks a batch once a table and by its own action, unlike a transaction.
const batch = (operation: string, body: unknown, names: ResourceNames): readonly AccessRequest[] => {
  const tables = member(body, 'RequestItems');
  return Object.entries(isRecord(tables) ? tables : {}).map(([table, entry]) => {
    const contexts = batchedOperations(table, entry).map((item) => operationContext(item, names));
    const union = (key: string): ContextValue => {
      const values = contexts.map((context) => context[key]);
      return values.includes('unknown')
        ? 'unknown'
        : [...new Set(values.flatMap((value) => (Array.isArray(value) ? (value as readonly string[]) : [])))];
    };
    return {
      action: `dynamodb:${operation}`,
      resource: tableArn(table, names),
      context: {
        'dynamodb:attributes': union('dynamodb:attributes'),
        'dynamodb:leadingkeys': union('dynamodb:leadingkeys'),
      },
    };
  });
};

/** What a request to DynamoDB wants: each entry of a transaction for itself, a batch once a table. */
export const readDynamoRequest = (request: ParsedRequest, names: ResourceNames): readonly AccessRequest[] => {
  const { operation, body } = request;
  if (SINGLE_TABLE_OPERATIONS.has(operation)) {
    return singleTable(operation, body, names);
  }
  switch (operation) {
    case 'TransactWriteItems':
    case 'TransactGetItems':
      return transaction(body, names);
    case 'BatchWriteItem':
    case 'BatchGetItem':
      return batch(operation, body, names);
    case 'ListTables':
    case 'DescribeEndpoints':
    case 'DescribeLimits':
      return [{ action: `dynamodb:${operation}`, resource: '*' }];
    default:
      throw new UnsupportedRequestError(`The gate does not know the DynamoDB operation "${operation}".`);
  }
};

/** What a request to DynamoDB Streams wants; a shard iterator names no stream, so GetRecords is left to the admin. */
export const readDynamoStreamsRequest = (request: ParsedRequest): readonly AccessRequest[] => {
  const { operation, body } = request;
  switch (operation) {
    case 'DescribeStream':
    case 'GetShardIterator':
      return [{ action: `dynamodb:${operation}`, resource: stringMember(body, 'StreamArn') ?? '' }];
    case 'ListStreams':
      return [{ action: 'dynamodb:ListStreams', resource: '*' }];
    default:
      throw new UnsupportedRequestError(
        `The gate cannot tell the stream of the operation "${operation}"; streams reach a function through its event source mapping.`,
      );
  }
};
