import {
  type DynamoDBClient,
  GetItemCommand,
  TransactWriteItemsCommand,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { EmergencyBanSchema } from '../../bans/emergency-ban.ts';
import type { BanChange, BanList, BanStore, DeclaredBan } from '../../bans/ports.ts';
import { item } from './call-item.ts';
import { bansKey } from './dial-facts.ts';
import { readItem } from './read-item.ts';

const BanListSchema = z.object({
  version: z.int(),
  bans: z.array(z.extend(EmergencyBanSchema, { declaredBy: z.string(), declaredAtMs: z.number() })),
});

/** The emergency bans: one item that every verdict reads, and beside it one for each change, kept for good. */
export class DynamoBanStore implements BanStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async read(): Promise<BanList> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: bansKey, ConsistentRead: true }),
    );
    return Item ? readItem(BanListSchema, unmarshall(Item), 'list of bans') : { bans: [], version: 0 };
  }

  async change(before: BanList, bans: readonly DeclaredBan[], happened: BanChange): Promise<'written' | 'conflict'> {
    const version = before.version + 1;
    const TableName = this.#table;
    const condition =
      before.version === 0
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: '#version = :version',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':version': { N: String(before.version) } },
          };
    const history = { pk: bansKey.pk.S, sk: `history#${String(version).padStart(8, '0')}`, ...happened };
    try {
      await this.#client.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Put: { TableName, Item: { ...bansKey, ...item({ bans, version }) }, ...condition } },
            { Put: { TableName, Item: item(history) } },
          ],
        }),
      );
      return 'written';
    } catch (error) {
      const code = error instanceof TransactionCanceledException ? error.CancellationReasons?.[0]?.Code : undefined;
      if (code === 'ConditionalCheckFailed' || code === 'TransactionConflict') return 'conflict';
      throw error;
    }
  }
}
