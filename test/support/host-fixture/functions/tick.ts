import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';

const client = new DynamoDBClient({});

/** Started by the schedule; leaves an item that the stream's filter passes over. */
export const handler = async (event: { readonly beat: string }): Promise<void> => {
  await client.send(
    new PutItemCommand({
      TableName: process.env['TABLE'],
      Item: { pk: { S: `tick-${event.beat}` }, state: { S: 'ticked' } },
    }),
  );
};
