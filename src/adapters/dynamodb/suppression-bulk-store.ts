import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  ScanCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../shared/clock.ts';
import type { SuppressionBulkStore } from '../../suppression/bulk-ports.ts';
import type { Suppression } from '../../suppression/ports.ts';
import { groupsOf, inParallel, untilProcessed } from './unprocessed.ts';
import { internalList, readSuppression, suppressionItem, suppressionKey } from './suppression-store.ts';

/** DynamoDB: keys of one BatchGetItem, items of one BatchWriteItem. */
const keysPerRead = 100;
const itemsPerWrite = 25;
/** Requests at the same time: about what one on-demand table takes from cold without throttling. */
const concurrency = 8;

/**
 * Our own do-not-call list, many entries at once. A batch write knows no conditions, so what is there already is looked up
 * first and left out: the first entry's reason and time stay. An entry that comes between the two is replaced by ours,
 * which suppresses the number all the same.
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
    await inParallel(groupsOf([...byNumber.values()], itemsPerWrite), concurrency, (group) => this.#write(group));
    return { added: byNumber.size, already: entries.length - byNumber.size };
  }

  async *all(): AsyncGenerator<Suppression> {
    let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
    do {
      const page = await this.#client.send(
        new ScanCommand({
          TableName: this.#table,
          ConsistentRead: true,
          FilterExpression: 'sk = :list',
          ExpressionAttributeValues: { ':list': { S: internalList } },
          ...(ExclusiveStartKey && { ExclusiveStartKey }),
        }),
      );
      for (const stored of page.Items ?? []) yield readSuppression(stored);
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
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

  async #write(entries: readonly Suppression[]): Promise<void> {
    const requests: WriteRequest[] = entries.map((entry) => ({ PutRequest: { Item: suppressionItem(entry) } }));
    await untilProcessed(requests, this.#retrying, async (pending) => {
      const { UnprocessedItems } = await this.#client.send(
        new BatchWriteItemCommand({ RequestItems: { [this.#table]: pending } }),
      );
      return UnprocessedItems?.[this.#table] ?? [];
    });
  }
}
