import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { EmergencyBanSchema } from '../../bans/emergency-ban.ts';
import type { Call } from '../../calls/call.ts';
import type { AttemptLog, DialFactsReader } from '../../calls/ports.ts';
import type { EmergencyBan, ListFact } from '../../policy/types.ts';
import { attemptLogKey, readAttemptLog } from './attempt-log.ts';
import type { AttributeValue, BatchGetItemCommandOutput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type BatchGet, batchGetOf } from './batch-get.ts';
import { readItem } from './read-item.ts';
import { slotItemKey } from './slot-places.ts';
import { internalList, suppressionKey } from './suppression-store.ts';

/** All emergency bans stand in one item: there are few, and every verdict reads them. */
export const bansKey = { pk: { S: 'BANS' }, sk: { S: 'ALL' } } as const;

const BansSchema = z.object({ bans: z.array(EmergencyBanSchema) });

interface ListsRead {
  readonly lists: readonly ListFact[];
  readonly bans: readonly EmergencyBan[] | 'unreadable';
}

const unreadable: ListsRead = { lists: [{ list: internalList, state: 'unreadable' }], bans: 'unreadable' };

/**
 * Reads what a verdict needs in one request. A list that does not answer is `unreadable`, and the policy defers then; the
 * attempts are asked for alone in that case, because without them there is no verdict at all.
 */
export class DynamoDialFacts implements DialFactsReader {
  readonly #batchGet: BatchGet;
  readonly #tables: { readonly suppressions: string; readonly counters: string };
  readonly #onUnreadable: (error: unknown) => void;

  /**
   * @param onUnreadable told of each failed read of the lists, so that the alarm rings.
   * @param batchGet sends the request, where it goes together with others.
   */
  constructor(
    client: DynamoDBClient,
    tables: { suppressions: string; counters: string },
    onUnreadable: (error: unknown) => void,
    batchGet: BatchGet = batchGetOf(client),
  ) {
    this.#batchGet = batchGet;
    this.#tables = tables;
    this.#onUnreadable = onUnreadable;
  }

  async read(
    number: string,
    moment: 'request' | 'dispatch',
    call?: Pick<Call, 'line' | 'slot'>,
  ): Promise<ListsRead & { attemptLog: AttemptLog; slotTaken?: number }> {
    const { suppressions, counters } = this.#tables;
    const slot = moment === 'request' && call?.slot ? slotItemKey(call.line, call.slot.fromMs) : undefined;
    const attempts = { Keys: [attemptLogKey(number), ...(slot ? [slot] : [])], ConsistentRead: true };
    try {
      const read = await this.#batchGet({
        [suppressions]: { Keys: [suppressionKey(number), bansKey], ConsistentRead: true },
        [counters]: attempts,
      });
      if (!read.UnprocessedKeys?.[suppressions] && !read.UnprocessedKeys?.[counters]) {
        return { ...this.#listsIn(read, number), ...this.#countersIn(read, number, slot) };
      }
      this.#onUnreadable(new Error('DynamoDB left keys unread that a verdict needs.'));
    } catch (error) {
      // Not reading a list is an answer of its own here: the call waits. What must not happen is dialing without it.
      this.#onUnreadable(error);
    }
    const alone = await this.#batchGet({ [counters]: attempts });
    if (alone.UnprocessedKeys?.[counters]) throw new Error('DynamoDB left the attempts of a number unread.');
    return { ...unreadable, ...this.#countersIn(alone, number, slot) };
  }

  #countersIn(
    { Responses }: Read,
    number: string,
    slot: Record<string, AttributeValue> | undefined,
  ): { attemptLog: AttemptLog; slotTaken?: number } {
    const items = Responses?.[this.#tables.counters] ?? [];
    const found = (key: Record<string, AttributeValue>) => items.find((stored) => stored['pk']?.S === key['pk']?.S);
    return {
      attemptLog: readAttemptLog(number, found(attemptLogKey(number))),
      ...(slot && { slotTaken: Number(found(slot)?.['taken']?.N ?? 0) }),
    };
  }

  #listsIn({ Responses }: Read, number: string): ListsRead {
    const items = Responses?.[this.#tables.suppressions] ?? [];
    const entry = items.find((stored) => stored['pk']?.S === number);
    const bans = items.find((stored) => stored['pk']?.S === bansKey.pk.S);
    return {
      lists: [{ list: internalList, state: entry ? 'listed' : 'clear' }],
      bans: bans ? readItem(BansSchema, unmarshall(bans), 'list of bans').bans : [],
    };
  }
}

type Read = Pick<BatchGetItemCommandOutput, 'Responses'>;
