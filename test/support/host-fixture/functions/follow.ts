import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const client = new SQSClient({});

interface StreamEvent {
  readonly Records: readonly {
    readonly dynamodb: {
      readonly NewImage: { readonly pk: { readonly S: string }; readonly failures: { readonly N: string } };
    };
  }[];
}

/** Puts each new item into the queue. */
export const handler = async (event: StreamEvent): Promise<unknown> => {
  for (const { dynamodb } of event.Records) {
    const body = JSON.stringify({ id: dynamodb.NewImage.pk.S, failures: Number(dynamodb.NewImage.failures.N) });
    await client.send(new SendMessageCommand({ QueueUrl: process.env['QUEUE_URL'], MessageBody: body }));
  }
  return { batchItemFailures: [] };
};
