import { type SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { PropagateSuppression } from '../../../events/propagate-suppression/schema.ts';
import type { WebexSuppressionQueue } from '../../suppression/ports.ts';

/** The suppression queue in SQS. */
export class SqsSuppressionQueue implements WebexSuppressionQueue {
  readonly #client: SQSClient;
  readonly #queueUrl: string;

  constructor(client: SQSClient, queueUrl: string) {
    this.#client = client;
    this.#queueUrl = queueUrl;
  }

  async send(number: string): Promise<void> {
    const message: PropagateSuppression = { number };
    await this.#client.send(new SendMessageCommand({ QueueUrl: this.#queueUrl, MessageBody: JSON.stringify(message) }));
  }
}
