import { type SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { RunSchedule } from '../../../events/run-schedule/schema.ts';
import type { RunQueue } from '../../campaigns/schedules/ports.ts';

/** The queue of runs of schedules, in SQS; EventBridge Scheduler sends to it as well. */
export class SqsRunQueue implements RunQueue {
  readonly #client: SQSClient;
  readonly #queueUrl: string;

  constructor(client: SQSClient, queueUrl: string) {
    this.#client = client;
    this.#queueUrl = queueUrl;
  }

  async send(message: RunSchedule): Promise<void> {
    await this.#client.send(new SendMessageCommand({ QueueUrl: this.#queueUrl, MessageBody: JSON.stringify(message) }));
  }
}
