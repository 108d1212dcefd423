import { type SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { PlanQueue, PushQueue } from '../../campaigns/upload.ts';

/** SQS: a message waits at most 15 minutes before it is shown. */
const delaySecondsMax = 900;

/** The queue of files to plan, in SQS. */
export class SqsPlanQueue implements PlanQueue {
  readonly #client: SQSClient;
  readonly #queueUrl: string;

  constructor(client: SQSClient, queueUrl: string) {
    this.#client = client;
    this.#queueUrl = queueUrl;
  }

  async send(uploadId: string): Promise<void> {
    await this.#client.send(
      new SendMessageCommand({ QueueUrl: this.#queueUrl, MessageBody: JSON.stringify({ uploadId }) }),
    );
  }
}

/** The queue of uploads to send, in SQS. A message that comes too early is handed on again. */
export class SqsPushQueue implements PushQueue {
  readonly #client: SQSClient;
  readonly #queueUrl: string;

  constructor(client: SQSClient, queueUrl: string) {
    this.#client = client;
    this.#queueUrl = queueUrl;
  }

  async send(uploadId: string, delaySeconds: number): Promise<void> {
    await this.#client.send(
      new SendMessageCommand({
        QueueUrl: this.#queueUrl,
        MessageBody: JSON.stringify({ uploadId }),
        DelaySeconds: Math.min(Math.max(0, Math.ceil(delaySeconds)), delaySecondsMax),
      }),
    );
  }
}
