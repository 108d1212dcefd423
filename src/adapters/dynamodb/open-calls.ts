import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { CallStore } from '../../calls/ports.ts';
import { Batcher, type BatchedOutcome } from '../../shared/batcher.ts';
import { key, keys } from './call-item.ts';

/** DynamoDB: keys of one BatchGetItem. */
const keysMax = 100;

type Locks = readonly { readonly pk: string; readonly sk: string }[];

/** The open calls of many numbers: those that are asked for at the same time share a request. */
export class DynamoOpenCalls implements Pick<CallStore, 'openCallIds'> {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #batcher: Batcher<Locks, readonly string[]>;

  /** @param linesMax how many lines a number is asked about at most. */
  constructor(client: DynamoDBClient, table: string, linesMax: number) {
    this.#client = client;
    this.#table = table;
    this.#batcher = new Batcher(Math.max(1, Math.floor(keysMax / linesMax)), (numbers) => this.#readAll(numbers));
  }

  openCallIds(number: string, lines: readonly string[]): Promise<readonly string[]> {
    return this.#batcher.do(lines.map((line) => keys.lock(number, line)));
  }

  async #readAll(numbers: readonly Locks[]): Promise<BatchedOutcome<readonly string[]>[]> {
    // The same number may be asked about twice, and DynamoDB takes each key once.
    const asked = new Map(numbers.flat().map((lock) => [lock.pk, key(lock)]));
    const read = await this.#client.send(
      new BatchGetItemCommand({
        RequestItems: { [this.#table]: { Keys: [...asked.values()], ConsistentRead: true } },
      }),
    );
    const unread = new Set((read.UnprocessedKeys?.[this.#table]?.Keys ?? []).map(({ pk }) => pk?.S));
    const callIds = new Map((read.Responses?.[this.#table] ?? []).map(({ pk, callId }) => [pk?.S, callId?.S]));
    return numbers.map((locks) =>
      locks.some(({ pk }) => unread.has(pk))
        ? { failure: new Error('The locks of a number could not all be read.') }
        : { value: locks.flatMap(({ pk }) => callIds.get(pk) ?? []) },
    );
  }
}
