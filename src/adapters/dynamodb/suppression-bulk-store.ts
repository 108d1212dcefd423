import {
  BatchGetItemCommand,
  type DynamoDBClient,
  TransactWriteItemsCommand,
  TransactionCanceledException,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../shared/clock.ts';
import type { SuppressionBulkStore } from '../../suppression/bulk-ports.ts';
import type { Suppression } from '../../suppression/ports.ts';
import { groupsOf, inParallel, untilProcessed } from './unprocessed.ts';
import { internalList, readSuppression, suppressionItem, suppressionKey } from './suppression-store.ts';

/** DynamoDB: keys of one BatchGetItem, items of one TransactWriteItems. */
const keysPerRead = 100;
const itemsPerWrite = 100;
/** Requests at the same time: about what one on-demand table takes from cold without throttling. */
const concurrency = 8;
/** Why a transaction may be refused and pass later, or without some of its items. */
const mendable: ReadonlySet<string> = new Set([
  'ConditionalCheckFailed',
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/**
 * Our own do-not-call list, many entries at once, a hundred in a transaction: on condition that each is new, so the first
 * entry's reason and time stay whoever writes at the same time. (A batch write knows no conditions; it costs half on AWS, and
 * on one machine it takes five times as long, because each of its items is a transaction of its own there.) What is there
 * already is looked up first, so that hardly a transaction is refused.
 */
export class DynamoSuppressionBulkStore implements SuppressionBulkStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #clock: Pick<Clock, 'sleep'>;

  constructor(client: DynamoDBClient, table: string, clock: Pick<Clock, 'sleep'>) {
    this.#client = client;
    this.#table = table;
    this.#clock = clock;
  }

  get #retrying() {
    return { table: this.#table, clock: this.#clock };
  }

  /** @throws UnprocessedItemsError */
  async addMany(entries: readonly Suppression[]): Promise<{ added: number; already: number }> {
    const byNumber = new Map<string, Suppression>();
    for (const entry of entries) if (!byNumber.has(entry.number)) byNumber.set(entry.number, entry);
    await inParallel(groupsOf([...byNumber.keys()], keysPerRead), concurrency, async (numbers) => {
      for (const number of await this.#listed(numbers)) byNumber.delete(number);
    });
    let added = 0;
    await inParallel(groupsOf([...byNumber.values()], itemsPerWrite), concurrency, async (group) => {
      const written = await this.#write(group);
      added += written;
    });
    return { added, already: entries.length - added };
  }

  async *all(): AsyncGenerator<Suppression> {
    const pages = paginateScan(
      { client: this.#client },
      {
        TableName: this.#table,
        ConsistentRead: true,
        FilterExpression: 'sk = :list',
        ExpressionAttributeValues: { ':list': { S: internalList } },
      },
    );
    for await (const { Items = [] } of pages) for (const stored of Items) yield readSuppression(stored);
  }

  async #listed(numbers: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    await untilProcessed(numbers.map(suppressionKey), this.#retrying, async (Keys) => {
      const { Responses, UnprocessedKeys } = await this.#client.send(
        new BatchGetItemCommand({
          RequestItems: { [this.#table]: { Keys, ConsistentRead: true, ProjectionExpression: 'pk' } },
        }),
      );
      for (const { pk } of Responses?.[this.#table] ?? []) if (pk?.S) found.push(pk.S);
      return UnprocessedKeys?.[this.#table]?.Keys ?? [];
    });
    return found;
  }

  /** @returns how many were new. */
  async #write(entries: readonly Suppression[]): Promise<number> {
    let added = 0;
    await untilProcessed([...entries], this.#retrying, async (pending) => {
      const reasons = await this.#transact(pending);
      if (reasons === 'written') {
        added += pending.length;
        return [];
      }
      const isNew = pending.filter((_entry, index) => reasons[index] !== 'ConditionalCheckFailed');
      // Somebody else has listed some of them meanwhile: the others can be written at once.
      if (isNew.length === pending.length || isNew.length === 0) return isNew;
      if ((await this.#transact(isNew)) !== 'written') return isNew;
      added += isNew.length;
      return [];
    });
    return added;
  }

  /** @returns for each entry why it stood in the way, as DynamoDB names it. */
  async #transact(entries: readonly Suppression[]): Promise<'written' | readonly (string | undefined)[]> {
    const TransactItems = entries.map((entry) => ({
      Put: {
        TableName: this.#table,
        Item: suppressionItem(entry),
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    }));
    try {
      await this.#client.send(new TransactWriteItemsCommand({ TransactItems }));
      return 'written';
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const reasons = (error.CancellationReasons ?? []).map(({ Code }) => Code);
      if (!reasons.some((code) => code !== undefined && mendable.has(code))) throw error;
      return reasons;
    }
  }
}
