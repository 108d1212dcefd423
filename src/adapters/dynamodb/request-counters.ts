import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { RequestCounters } from '../../screen/ports.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { type Counted, type Counter, windowAt } from '../../screen/velocity.ts';
import type { BatchGet } from './batch-get.ts';

type Item = Record<string, AttributeValue>;

/** Of the windows that are over, so many go with one write; the next one takes the others. */
const overMax = 20;

/** One item a subject, of large caps one a shard; in it one attribute a counter and window of the clock. */
export const counterKey = (subject: string, shards: number, shard: number): { pk: { S: string } } => ({
  pk: { S: `SCREEN#${subject}${shards > 1 ? `#${shard % shards}` : ''}` },
});

/** The attribute of a counter's window: `w600_2983`. */
export const windowName = (name: string, index: number): string => `${name}_${index}`;

/** Reads what the abuse screen has counted. What is counted is written with the call: see {@link ChargeWrites}. */
export class DynamoRequestCounters implements RequestCounters {
  readonly #batchGet: BatchGet;
  readonly #table: string;

  constructor(batchGet: BatchGet, table: string) {
    this.#batchGet = batchGet;
    this.#table = table;
  }

  async read(counters: readonly Counter[], atMs: EpochMs, shard: number): Promise<readonly Counted[]> {
    const keyOf = ({ subject, shards }: Counter): string => counterKey(subject, shards, shard).pk.S;
    const Keys = [...new Set(counters.map(keyOf))].map((pk) => ({ pk: { S: pk } }));
    const read = await this.#batchGet({ [this.#table]: { Keys, ConsistentRead: true } });
    if (read.UnprocessedKeys?.[this.#table]) throw new Error('DynamoDB left counters of the screen unread.');
    const items = new Map((read.Responses?.[this.#table] ?? []).map((item) => [item['pk']?.S, item]));
    return counters.map((counter) => countedIn(items.get(keyOf(counter)), counter, atMs));
  }
}

/** What an item says of one of its counters. */
export function countedIn(item: Item | undefined, { name, limit }: Counter, atMs: EpochMs): Counted {
  if (!item) return { current: 0, previous: 0 };
  const { index } = windowAt(atMs, limit.windowSeconds);
  const at = (window: number): number => Number(item[windowName(name, window)]?.N ?? 0);
  const over = Object.keys(item).filter((attribute) => isOver(attribute, name, index));
  return { current: at(index), previous: at(index - 1), over: over.slice(0, overMax) };
}

const isOver = (attribute: string, name: string, index: number): boolean =>
  attribute.startsWith(`${name}_`) && Number(attribute.slice(name.length + 1)) < index - 1;
