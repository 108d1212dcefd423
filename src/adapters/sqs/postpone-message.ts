import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Has a message that was received come again after a time of its own instead of the queue's. @param seconds at most 43,200 */
export async function postponeMessage(
  client: SQSClient,
  message: { readonly queueUrl: string; readonly receiptHandle: string },
  seconds: number,
): Promise<void> {
  await client.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: message.queueUrl,
      ReceiptHandle: message.receiptHandle,
      VisibilityTimeout: seconds,
    }),
  );
}
