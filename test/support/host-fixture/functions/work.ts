import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

const client = new DynamoDBClient({});

interface QueueEvent {
  readonly Records: readonly {
    readonly messageId: string;
    readonly body: string;
    readonly attributes: { readonly ApproximateReceiveCount: string };
  }[];
}

/** Marks each item as done, after as many failures as its message asks for. */
export const handler = async (event: QueueEvent): Promise<unknown> => {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { messageId, body, attributes } of event.Records) {
    const { id, failures } = JSON.parse(body) as { readonly id: string; readonly failures: number };
    if (Number(attributes.ApproximateReceiveCount) <= failures) {
      batchItemFailures.push({ itemIdentifier: messageId });
      continue;
    }
    await client.send(
      new UpdateItemCommand({
        TableName: process.env['TABLE'],
        Key: { pk: { S: id } },
        UpdateExpression: 'SET #state = :done ADD runs :one',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':done': { S: 'done' }, ':one': { N: '1' } },
      }),
    );
  }
  return { batchItemFailures };
};
