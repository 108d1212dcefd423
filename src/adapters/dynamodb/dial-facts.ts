import { BatchGetItemCommand, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { AttemptLog, DialFactsReader } from '../../calls/ports.ts';
import type { EmergencyBan, ListFact } from '../../policy/types.ts';
import { attemptLogKey, readAttemptLog } from './attempt-log.ts';
import { readItem } from './read-item.ts';
import { internalList, suppressionKey } from './suppression-store.ts';

/** All emergency bans stand in one item: there are few, and every verdict reads them. */
export const bansKey = { pk: { S: 'BANS' }, sk: { S: 'ALL' } } as const;

const BansSchema = z.object({
  bans: z.array(
    z.object({
      id: z.string(),
      jurisdiction: z.string(),
      fromMs: z.number(),
      toMs: z.optional(z.number()),
      reason: z.string(),
    }),
  ),
});

/** Reads what a verdict needs in one round trip. A list that does not answer is `unreadable`; the policy defers then. */
export class DynamoDialFacts implements DialFactsReader {
  readonly #client: DynamoDBClient;
  readonly #tables: { readonly suppressions: string; readonly counters: string };
  readonly #onUnreadable: (error: unknown) => void;

  /** @param onUnreadable told of each failed read of the lists, so that the alarm rings. */
  constructor(
    client: DynamoDBClient,
    tables: { suppressions: string; counters: string },
    onUnreadable: (error: unknown) => void,
  ) {
    this.#client = client;
    this.#tables = tables;
    this.#onUnreadable = onUnreadable;
  }

  async read(
    number: string,
  ): Promise<{ lists: readonly ListFact[]; attemptLog: AttemptLog; bans: readonly EmergencyBan[] | 'unreadable' }> {
    const [listed, attemptLog] = await Promise.all([this.#readLists(number), this.#readAttemptLog(number)]);
    return { ...listed, attemptLog };
  }

  async #readAttemptLog(number: string): Promise<AttemptLog> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#tables.counters, Key: attemptLogKey(number), ConsistentRead: true }),
    );
    return readAttemptLog(number, Item);
  }

  async #readLists(
    number: string,
  ): Promise<{ lists: readonly ListFact[]; bans: readonly EmergencyBan[] | 'unreadable' }> {
    const unreadable = { lists: [{ list: internalList, state: 'unreadable' }], bans: 'unreadable' } as const;
    try {
      const table = this.#tables.suppressions;
      const read = await this.#client.send(
        new BatchGetItemCommand({
          RequestItems: { [table]: { Keys: [suppressionKey(number), bansKey], ConsistentRead: true } },
        }),
      );
      if (read.UnprocessedKeys?.[table]) {
        this.#onUnreadable(new Error('DynamoDB left keys of the suppression list unread.'));
        return unreadable;
      }
      const items = read.Responses?.[table] ?? [];
      const entry = items.find((stored) => stored['pk']?.S === number);
      const bans = items.find((stored) => stored['pk']?.S === bansKey.pk.S);
      return {
        lists: [{ list: internalList, state: entry ? 'listed' : 'clear' }],
        bans: bans ? readItem(BansSchema, unmarshall(bans), 'list of bans').bans : [],
      };
    } catch (error) {
      // Not reading a list is an answer of its own here: the call waits. What must not happen is dialing without it.
      this.#onUnreadable(error);
      return unreadable;
    }
  }
}
