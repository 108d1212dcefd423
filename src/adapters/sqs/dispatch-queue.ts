import { type SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { DispatchCall } from '../../../events/dispatch-call/schema.ts';
import type { DispatchQueue } from '../../calls/ports.ts';

/** The dispatch queue in SQS. */
export class SqsDispatchQueue implements DispatchQueue {
  readonly #client: SQSClient;
  readonly #queueUrl: string;

  constructor(client: SQSClient, queueUrl: string) {
    this.#client = client;
    this.#queueUrl = queueUrl;
  }

  async send(callId: string, delaySeconds: number): Promise<void> {
    const message: DispatchCall = { callId };
    await this.#client.send(
      new SendMessageCommand({
        QueueUrl: this.#queueUrl,
        MessageBody: JSON.stringify(message),
        DelaySeconds: delaySeconds,
      }),
    );
  }
}
