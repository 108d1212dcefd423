import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { EpochMs } from '../../shared/clock.ts';
import { slotKey } from '../../slots/bookable.ts';
import type { SlotCounts } from '../../slots/ports.ts';
import { readItem } from './read-item.ts';

/** DynamoDB: at most 100 keys a BatchGetItem. */
const keysMax = 100;
/** Batches that DynamoDB answers in part only are asked for again this often. */
const triesMax = 3;

const SlotItemSchema = z.object({ pk: z.string(), taken: z.int().check(z.gte(0)) });

/** Reads how full slots are. Not consistent: a list of free times is old when it is shown; the booking decides. */
export class DynamoSlotCounts implements SlotCounts {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async read(line: string, startsMs: readonly EpochMs[]): Promise<ReadonlyMap<EpochMs, number>> {
    const starts = new Map(startsMs.map((fromMs) => [slotKey(line, fromMs), fromMs]));
    const keys = [...starts.keys()];
    const batches = Array.from({ length: Math.ceil(keys.length / keysMax) }, (_, index) =>
      this.#readBatch(keys.slice(index * keysMax, (index + 1) * keysMax)),
    );
    const items = (await Promise.all(batches)).flat();
    return new Map(items.flatMap(({ pk, taken }) => (starts.has(pk) ? [[starts.get(pk) ?? 0, taken] as const] : [])));
  }

  async #readBatch(keys: readonly string[]): Promise<z.output<typeof SlotItemSchema>[]> {
    const found: z.output<typeof SlotItemSchema>[] = [];
    let wanted = keys.map((pk) => ({ pk: { S: pk } }));
    for (let tries = 0; wanted.length > 0; tries += 1) {
      if (tries === triesMax) throw new Error(`DynamoDB left ${wanted.length} slots unread.`);
      const { Responses, UnprocessedKeys } = await this.#client.send(
        new BatchGetItemCommand({ RequestItems: { [this.#table]: { Keys: wanted } } }),
      );
      for (const item of Responses?.[this.#table] ?? []) {
        found.push(readItem(SlotItemSchema, unmarshall(item), 'slot'));
      }
      wanted = (UnprocessedKeys?.[this.#table]?.Keys ?? []) as typeof wanted;
    }
    return found;
  }
}
