import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { EpochMs } from '../../shared/clock.ts';
import type { Suppression, SuppressionStore } from '../../suppression/ports.ts';
import { item } from './call-item.ts';
import { readItem } from './read-item.ts';

export const internalList = 'internal';

export const suppressionKey = (number: string): Record<string, AttributeValue> => ({
  pk: { S: number },
  sk: { S: internalList },
});

export function suppressionItem({ number, list: _list, ...rest }: Suppression): Record<string, AttributeValue> {
  return item({ pk: number, sk: internalList, ...rest });
}

const SuppressionItemSchema = z.object({
  pk: z.string(),
  reason: z.string(),
  source: z.string(),
  addedBy: z.string(),
  addedAtMs: z.number(),
});

/** Our own do-not-call list: one item a number, its removals kept beside it as history. */
export class DynamoSuppressionStore implements SuppressionStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async find(number: string): Promise<Suppression | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: suppressionKey(number), ConsistentRead: true }),
    );
    return Item && readSuppression(Item);
  }

  async add(entry: Suppression): Promise<{ added: boolean; entry: Suppression }> {
    try {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#table,
          Item: suppressionItem(entry),
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { added: true, entry };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const earlier = error.Item ? readSuppression(error.Item) : await this.find(entry.number);
      return { added: false, entry: earlier ?? entry };
    }
  }

  async remove(number: string, removal: { reason: string; removedBy: string; removedAtMs: EpochMs }): Promise<boolean> {
    const entry = await this.find(number);
    if (!entry) return false;
    const { number: _number, list: _list, ...rest } = entry;
    try {
      await this.#client.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            {
              Delete: {
                TableName: this.#table,
                Key: suppressionKey(number),
                ConditionExpression: 'attribute_exists(pk)',
              },
            },
            {
              Put: {
                TableName: this.#table,
                Item: item({ pk: number, sk: `history#${removal.removedAtMs}`, ...rest, removal }),
              },
            },
          ],
        }),
      );
      return true;
    } catch (error) {
      const goneAlready =
        error instanceof TransactionCanceledException &&
        error.CancellationReasons?.[0]?.Code === 'ConditionalCheckFailed';
      if (goneAlready) return false;
      throw error;
    }
  }
}

/** @throws StoredItemError */
export function readSuppression(stored: Record<string, AttributeValue>): Suppression {
  const { pk, ...entry } = readItem(SuppressionItemSchema, unmarshall(stored), 'suppression');
  return { number: pk, list: internalList, ...entry };
}
