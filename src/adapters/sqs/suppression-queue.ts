import { type SQSClient, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { PropagateSuppression } from '../../../events/propagate-suppression/schema.ts';
import { Batcher, type BatchedOutcome } from '../../shared/batcher.ts';
import type { WebexSuppressionQueue } from '../../suppression/ports.ts';

/** SQS: messages of one SendMessageBatch. */
const messagesMax = 10;

/** SQS took the request and refused the message in it. */
export class MessageRefusedError extends Error {
  override readonly name = 'MessageRefusedError';
  readonly code = 'message-refused';
}

/** The suppression queue in SQS. Numbers that are sent at the same time share a request. */
export class SqsSuppressionQueue implements WebexSuppressionQueue {
  readonly #client: SQSClient;
  readonly #queueUrl: string;
  readonly #batcher = new Batcher<string, void>(messagesMax, (numbers) => this.#sendAll(numbers));

  constructor(client: SQSClient, queueUrl: string) {
    this.#client = client;
    this.#queueUrl = queueUrl;
  }

  /** @throws MessageRefusedError */
  send(number: string): Promise<void> {
    return this.#batcher.do(number);
  }

  async #sendAll(numbers: readonly string[]): Promise<BatchedOutcome<void>[]> {
    const Entries = numbers.map((number, index) => {
      const message: PropagateSuppression = { number };
      return { Id: String(index), MessageBody: JSON.stringify(message) };
    });
    const { Failed = [] } = await this.#client.send(new SendMessageBatchCommand({ QueueUrl: this.#queueUrl, Entries }));
    const failed = new Map(Failed.map(({ Id, Code }) => [Id, Code]));
    return Entries.map(({ Id }) =>
      failed.has(Id)
        ? { failure: new MessageRefusedError(`SQS refused a message: ${failed.get(Id) ?? 'no reason given'}.`) }
        : { value: undefined },
    );
  }
}
