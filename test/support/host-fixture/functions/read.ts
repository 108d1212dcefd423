import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';

const client = new DynamoDBClient({});

/** Answers one item, or one claim of the token. */
export const handler = async (event: {
  readonly pathParameters: { readonly id: string };
  readonly requestContext: { readonly authorizer?: { readonly jwt: { readonly claims: Record<string, string> } } };
}): Promise<unknown> => {
  const { Item: item } = await client.send(
    new GetItemCommand({
      TableName: process.env['TABLE'],
      Key: { pk: { S: event.pathParameters.id } },
      ConsistentRead: true,
    }),
  );
  return {
    statusCode: item === undefined ? 404 : 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      state: item?.['state']?.S,
      runs: item?.['runs']?.N,
      subject: event.requestContext.authorizer?.jwt.claims['sub'],
    }),
  };
};
