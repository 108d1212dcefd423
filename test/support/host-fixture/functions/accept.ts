import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';

const client = new DynamoDBClient({});

interface HttpEvent {
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly requestContext: { readonly authorizer?: unknown };
}

/** Writes an item, or misbehaves as the request asks. */
export const handler = async (event: HttpEvent): Promise<unknown> => {
  const wish = JSON.parse(event.body ?? '{}') as {
    readonly id?: string;
    readonly mode?: string;
    readonly failures?: number;
  };
  switch (wish.mode) {
    case 'throw':
      throw new RangeError('as asked');
    case 'crash':
      return process.exit(3);
    case 'hang':
      return new Promise(() => undefined);
    case 'echo':
      return { event, environment: process.env };
    case 'rich':
      return {
        statusCode: 201,
        headers: { 'Content-Type': 'image/gif', 'Access-Control-Allow-Origin': 'https://elsewhere.example' },
        cookies: ['a=1', 'b=2'],
        body: Buffer.from([1, 2, 255]).toString('base64'),
        isBase64Encoded: true,
      };
    default:
      return store(wish.id ?? '', wish.failures ?? 0);
  }
};

const store = async (id: string, failures: number): Promise<unknown> => {
  const item = { pk: { S: id }, state: { S: 'accepted' }, failures: { N: String(failures) } };
  await client.send(new PutItemCommand({ TableName: process.env['TABLE'], Item: item }));
  return { statusCode: 202, body: JSON.stringify({ id }) };
};
