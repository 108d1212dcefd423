import type { CancellationReason, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Charge, CountedRequest } from '../../screen/ports.ts';
import type { ScreenRefusal } from '../../screen/types.ts';
import { firstRefusal, weighCounter, windowAt } from '../../screen/velocity.ts';
import { counterKey, countedIn, windowName } from './request-counters.ts';

/** A window of a day and the day before it. */
const keptMs = 2 * 86_400_000;

type Reasons = readonly CancellationReason[];

interface Charged {
  readonly write: TransactWriteItem;
  /** What the public is told where its condition does not hold. @param found what the item held then */
  readonly refusalBy: (found: CancellationReason['Item']) => ScreenRefusal;
}

/** What the abuse screen counts for one request, as part of the transaction that takes the request. */
export class ChargeWrites {
  readonly #table: string;
  readonly #charge: Charge;
  #charged: readonly Charged[] = [];

  constructor(table: string, charge: Charge) {
    this.#table = table;
    this.#charge = charge;
  }

  /** The writes of a round; each round of a contended transaction takes another shard of the caps that all share. */
  items(round: number): TransactWriteItem[] {
    this.#charged = this.#writes(this.#charge.shard + round);
    return this.#charged.map(({ write }) => write);
  }

  /** Why the charge stood in the way. @param reasons those of its own writes */
  refusalIn(reasons: Reasons): ScreenRefusal | undefined {
    const failed = reasons.findIndex(({ Code }) => Code === 'ConditionalCheckFailed');
    if (failed >= 0) return this.#charged[failed]?.refusalBy(reasons[failed]?.Item);
    return reasons.some(({ Code }) => Code === 'TransactionConflict') ? { code: 'screen-unavailable' } : undefined;
  }

  #writes(shard: number): readonly Charged[] {
    const { counts, proof, atMs } = this.#charge;
    const bySubject = Map.groupBy(counts, ({ counter }) => counter.subject);
    const charged = [...bySubject.values()].map((list) => countWrite(this.#table, list, shard, atMs));
    if (!proof) return charged;
    const Item = { pk: { S: `SCREEN#PROOF#${proof.id}` }, ttl: { N: String(Math.ceil(proof.expiresAtMs / 1_000)) } };
    const write = { Put: { TableName: this.#table, Item, ConditionExpression: 'attribute_not_exists(pk)' } };
    return [...charged, { write, refusalBy: () => ({ code: 'proof-used' }) }];
  }
}

/** Adds one to each counter of a subject, on condition that none is full; the shards of large caps were weighed before. */
function countWrite(TableName: string, counts: readonly CountedRequest[], shard: number, atMs: number): Charged {
  const [first] = counts;
  if (!first) throw new TypeError('There is nothing to count.');
  const { subject, shards } = first.counter;
  const names: Record<string, string> = { '#ttl': 'ttl' };
  const values: Record<string, { N: string }> = {
    ':one': { N: '1' },
    ':ttl': { N: String(Math.ceil((atMs + keptMs) / 1_000)) },
  };
  for (const [index, { counter, below }] of counts.entries()) {
    names[`#c${index}`] = windowName(counter.name, windowAt(atMs, counter.limit.windowSeconds).index);
    if (shards === 1) values[`:b${index}`] = { N: String(below) };
  }
  const over = [...new Set(counts.flatMap((count) => count.over))];
  for (const [index, name] of over.entries()) names[`#o${index}`] = name;
  const remove = over.length > 0 ? ` REMOVE ${over.map((_name, index) => `#o${index}`).join(', ')}` : '';
  return {
    refusalBy: (found) => {
      const refusals = counts.flatMap(
        ({ counter }) => weighCounter(counter, countedIn(found, counter, atMs), atMs) ?? [],
      );
      // Where the item is not told, or would do by now, nothing speaks against asking again at once.
      return firstRefusal(refusals) ?? { code: first.counter.code, retryAfterSeconds: 1 };
    },
    write: {
      Update: {
        TableName,
        Key: counterKey(subject, shards, shard),
        UpdateExpression: `ADD ${counts.map((_count, index) => `#c${index} :one`).join(', ')} SET #ttl = :ttl${remove}`,
        ...(shards === 1 && {
          ConditionExpression: counts
            .map((_count, index) => `(attribute_not_exists(#c${index}) OR #c${index} < :b${index})`)
            .join(' AND '),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
        }),
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: values,
      },
    },
  };
}
