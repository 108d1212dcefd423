import { type SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { GatherContacts } from '../../../events/gather-contacts/schema.ts';
import type { BatchQueue } from '../../triggers/batches/ports.ts';

/** SQS: a message waits at most 15 minutes before it is shown. */
const delaySecondsMax = 900;

/** The queue of batches of contacts to upload, in SQS. A message that comes too early is sent again by who gets it. */
export class SqsBatchQueue implements BatchQueue {
  readonly #client: SQSClient;
  readonly #queueUrl: string;

  constructor(client: SQSClient, queueUrl: string) {
    this.#client = client;
    this.#queueUrl = queueUrl;
  }

  async send(batch: GatherContacts, delaySeconds: number): Promise<void> {
    const message: GatherContacts = batch;
    await this.#client.send(
      new SendMessageCommand({
        QueueUrl: this.#queueUrl,
        MessageBody: JSON.stringify(message),
        DelaySeconds: Math.min(Math.max(0, delaySeconds), delaySecondsMax),
      }),
    );
  }
}
