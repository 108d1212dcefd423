import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionInvoker } from '../../contracts.ts';
import { TemplateError } from '../../template/errors.ts';
import { LOCAL_REGION } from '../../template/names.ts';
import { AwsServiceError, callAws } from '../aws-client.ts';
import { judgeBatch } from './batch-response.ts';
import { compileFilters } from './filters.ts';
import type { EventMatcher } from '../../services/events/pattern.ts';

/** What an event source mapping of a queue says, with Lambda's defaults filled in. */
export interface QueueMapping {
  readonly path: string;
  readonly queueArn: string;
  readonly queueUrl: string;
  readonly functionArn: string;
  readonly functionTimeoutMs: number;
  /** Key of the function: the mapping acts under its role. */
  readonly accessKeyId: string;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly concurrencyMax: number;
  readonly reportsItemFailures: boolean;
  /** JSON patterns; a message passes where one of them matches, or where there are none. */
  readonly filters: readonly string[];
}

export interface QueueSourceOptions {
  readonly mapping: QueueMapping;
  readonly gate: URL;
  readonly functions: FunctionInvoker;
  readonly report: (problem: string) => void;
}

interface Message {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody?: string;
  readonly Attributes?: Record<string, string>;
  readonly MessageAttributes?: Record<
    string,
    { readonly DataType: string; readonly StringValue?: string; readonly BinaryValue?: string }
  >;
}

/** The longest wait of a receive, and the most messages that one brings (SQS quotas). */
const WAIT_MAX_SECONDS = 20;
const RECEIVE_MAX = 10;

const ERROR_PAUSE_MS = 1_000;

/** Polls one queue for one function, as Lambda's event source mapping does. */
export class QueueSource {
  readonly #options: QueueSourceOptions;
  readonly #filters: readonly EventMatcher[];
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #slotFreed: (() => void) | undefined;
  #loop: Promise<void> | undefined;

  constructor(options: QueueSourceOptions) {
    this.#options = options;
    this.#filters = compileFilters(options.mapping.path, options.mapping.filters);
  }

  /** @throws {TemplateError} where Lambda would refuse the mapping. */
  async start(): Promise<void> {
    const { mapping } = this.#options;
    const attributes = await this.#call<{ Attributes?: Record<string, string> }>('GetQueueAttributes', {
      AttributeNames: ['All'],
    });
    const visibilityMs = Number(attributes.Attributes?.['VisibilityTimeout'] ?? 30) * 1000;
    if (visibilityMs < mapping.functionTimeoutMs) {
      throw new TemplateError(
        `${mapping.path}: the queue hides a message for ${visibilityMs / 1000} s, which is shorter than the function's ${mapping.functionTimeoutMs / 1000} s; Lambda refuses that.`,
      );
    }
    this.#loop = this.#poll();
  }

  /** Takes no more messages, and resolves when what the function works on is settled. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#slotFreed?.();
    await this.#loop;
    await Promise.all(this.#running);
  }

  async #poll(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#freeSlot();
      const batch = await this.#receiveBatch();
      if (batch.length === 0) continue;
      const work = this.#deliver(batch)
        .catch((error: unknown) => this.#complain(error))
        .finally(() => {
          this.#running.delete(work);
          this.#slotFreed?.();
        });
      this.#running.add(work);
    }
  }

  async #freeSlot(): Promise<void> {
    while (this.#running.size >= this.#options.mapping.concurrencyMax && !this.#stop.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#slotFreed = resolve;
      });
    }
  }

  /** Gathers until the batch is full or the window is over; without a window, what one receive brings. */
  async #receiveBatch(): Promise<Message[]> {
    const { batchSize, windowMs } = this.#options.mapping;
    const batch = await this.#receive(Math.min(RECEIVE_MAX, batchSize), WAIT_MAX_SECONDS);
    const endsAtMs = Date.now() + windowMs;
    while (batch.length > 0 && batch.length < batchSize && Date.now() < endsAtMs && !this.#stop.signal.aborted) {
      const waitSeconds = Math.min(WAIT_MAX_SECONDS, Math.ceil((endsAtMs - Date.now()) / 1000));
      batch.push(...(await this.#receive(Math.min(RECEIVE_MAX, batchSize - batch.length), waitSeconds)));
    }
    return batch;
  }

  async #receive(count: number, waitSeconds: number): Promise<Message[]> {
    try {
      const answer = await this.#call<{ Messages?: Message[] }>('ReceiveMessage', {
        MaxNumberOfMessages: count,
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      });
      return answer.Messages ?? [];
    } catch (error) {
      if (this.#stop.signal.aborted) return [];
      this.#complain(error);
      await sleep(ERROR_PAUSE_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      return [];
    }
  }

  async #deliver(batch: readonly Message[]): Promise<void> {
    const { mapping, functions } = this.#options;
    const wanted = batch.filter((message) => this.#passes(message));
    const dropped = batch.filter((message) => !wanted.includes(message));
    if (dropped.length > 0) await this.#delete(dropped);
    if (wanted.length === 0) return;
    const event = { Records: wanted.map((message) => toRecord(message, mapping.queueArn)) };
    const outcome = await functions.invoke(mapping.functionArn, event);
    const verdict = judgeBatch(outcome, new Set(wanted.map(({ MessageId }) => MessageId)), mapping.reportsItemFailures);
    // What failed stays hidden until its visibility timeout is over; the queue's redrive policy counts its receives.
    if (verdict.verdict === 'done') await this.#delete(wanted);
    if (verdict.verdict === 'partial')
      await this.#delete(wanted.filter(({ MessageId }) => !verdict.failedIds.has(MessageId)));
  }

  #passes(message: Message): boolean {
    if (this.#filters.length === 0) return true;
    const event = { ...toRecord(message, this.#options.mapping.queueArn), body: parsedBody(message.Body) };
    return this.#filters.some((matches) => matches(event));
  }

  async #delete(messages: readonly Message[]): Promise<void> {
    for (let index = 0; index < messages.length; index += RECEIVE_MAX) {
      const entries = messages.slice(index, index + RECEIVE_MAX);
      await this.#call('DeleteMessageBatch', {
        Entries: entries.map(({ ReceiptHandle }, position) => ({ Id: String(position), ReceiptHandle })),
      });
    }
  }

  #call<T>(operation: string, input: Record<string, unknown>): Promise<T> {
    const { mapping, gate } = this.#options;
    const signal = operation === 'ReceiveMessage' ? this.#stop.signal : undefined;
    return callAws<T>(gate, mapping.accessKeyId, 'sqs', operation, { QueueUrl: mapping.queueUrl, ...input }, signal);
  }

  #complain(error: unknown): void {
    const reason = error instanceof AwsServiceError || error instanceof Error ? error.message : String(error);
    this.#options.report(`${this.#options.mapping.path}: ${reason}`);
  }
}

/** A body that is JSON is matched member by member; any other body is matched as text. */
const parsedBody = (body: string): unknown => {
  try {
    return JSON.parse(body) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return body;
    throw error;
  }
};

const toRecord = (message: Message, queueArn: string): Record<string, unknown> => ({
  messageId: message.MessageId,
  receiptHandle: message.ReceiptHandle,
  body: message.Body,
  attributes: message.Attributes ?? {},
  messageAttributes: Object.fromEntries(
    Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
      name,
      {
        ...(value.StringValue === undefined ? {} : { stringValue: value.StringValue }),
        ...(value.BinaryValue === undefined ? {} : { binaryValue: value.BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: value.DataType,
      },
    ]),
  ),
  ...(message.MD5OfBody === undefined ? {} : { md5OfBody: message.MD5OfBody }),
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: LOCAL_REGION,
});
