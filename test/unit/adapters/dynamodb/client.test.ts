import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  TransactWriteItemsCommand,
  TransactionCanceledException,
} from '../../../../src/adapters/dynamodb/client.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** Answers each request with the next of the answers. */
async function startDynamo(...answers: { status: number; body: object }[]) {
  const bodies: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    bodies.push(JSON.parse(text) as Record<string, unknown>);
    const { status = 200, body = {} } = answers.shift() ?? {};
    response.writeHead(status).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
  });
  open.push(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { client, bodies };
}

const put = new PutItemCommand({ TableName: 'T', Item: { pk: { S: 'a' } } });

test('tells what stands there where a condition does not hold', async () => {
  const body = { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException', Item: { pk: { S: 'b' } } };
  const { client } = await startDynamo({ status: 400, body });

  const error = await client.send(put).catch((caught: unknown) => caught);

  expect(error).toBeInstanceOf(ConditionalCheckFailedException);
  expect(error).toMatchObject({ name: 'ConditionalCheckFailedException', Item: { pk: { S: 'b' } } });
});

test('tells why a transaction was cancelled', async () => {
  const CancellationReasons = [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: { pk: { S: 'b' } } }];
  const body = { __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException', CancellationReasons };
  const { client } = await startDynamo({ status: 400, body });

  const error = await client
    .send(new TransactWriteItemsCommand({ TransactItems: [] }))
    .catch((caught: unknown) => caught);

  expect(error).toBeInstanceOf(TransactionCanceledException);
  expect(error).toMatchObject({ CancellationReasons });
});

test('repeats a transaction under the same token, so that it cannot be written twice', async () => {
  const { client, bodies } = await startDynamo({ status: 500, body: {} }, { status: 200, body: {} });

  await client.send(new TransactWriteItemsCommand({ TransactItems: [] }));

  const tokens = bodies.map((body) => body['ClientRequestToken']);
  expect(tokens[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(tokens).toEqual([tokens[0], tokens[0]]);
});

test('gives two transactions different tokens', () => {
  const [one, other] = [1, 2].map(() => new TransactWriteItemsCommand({ TransactItems: [] }).input.ClientRequestToken);

  expect(one).not.toBe(other);
});
