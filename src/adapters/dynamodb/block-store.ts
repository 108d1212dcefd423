import {
  BatchGetItemCommand,
  type DynamoDBClient,
  QueryCommand,
  TransactWriteItemsCommand,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { type Block, subjectOf } from '../../screen/blocks.ts';
import type { BlockStore } from '../../screen/ports.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { blockKey, blockShards, standing } from './block-records.ts';
import { readItem } from './read-item.ts';
import { counterKey } from './request-counters.ts';

const dayMs = 86_400_000;
/** How long a lifted block stays on record, with who lifted it and why. */
const liftedKeptMs = 30 * dayMs;
const StoredBlockSchema = z.object({
  id: z.string(),
  kind: z.enum(['number', 'address', 'prefix']),
  shown: z.string(),
  code: z.enum(['too-many-for-number', 'too-many-from-address', 'too-many-for-prefix']),
  sinceMs: z.number(),
  untilMs: z.number(),
  refusals: z.number(),
});

/** Where a list goes on: a shard, and in it after a block. */
const CursorSchema = z.object({
  shard: z.int().check(z.gte(0), z.lt(blockShards.length)),
  after: z.optional(z.object({ pk: z.string(), untilMs: z.number() })),
});
type Cursor = z.output<typeof CursorSchema>;

/** What operators do with the blocks of the abuse screen. */
export class DynamoBlockStore implements BlockStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async list(nowMs: EpochMs, limit: number, cursor?: string): ReturnType<BlockStore['list']> {
    const blocks: Block[] = [];
    const from = cursor === undefined ? undefined : readCursor(cursor);
    for (let shard = from?.shard ?? 0; shard < blockShards.length; shard += 1) {
      if (blocks.length >= limit) return { blocks, cursor: writeCursor({ shard }) };
      const after = from?.shard === shard ? from.after : undefined;
      const found = await this.#query(shard, nowMs, limit - blocks.length, after);
      blocks.push(...found.blocks);
      if (found.last) return { blocks, cursor: writeCursor({ shard, after: found.last }) };
    }
    return { blocks };
  }

  async find(ids: readonly string[], nowMs: EpochMs): Promise<readonly Block[]> {
    const Keys = ids.map(blockKey);
    const read = await this.#client.send(
      new BatchGetItemCommand({ RequestItems: { [this.#table]: { Keys, ConsistentRead: true } } }),
    );
    if (read.UnprocessedKeys?.[this.#table]) throw new Error('DynamoDB left blocks unread.');
    const found = (read.Responses?.[this.#table] ?? []).filter((stored) => stored['blockShard'] !== undefined);
    return found.map(toBlock).filter(({ untilMs }) => untilMs > nowMs);
  }

  async lift(id: string, { by, reason, atMs }: Parameters<BlockStore['lift']>[1]): Promise<boolean> {
    const TableName = this.#table;
    try {
      await this.#client.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            {
              Update: {
                TableName,
                Key: blockKey(id),
                UpdateExpression:
                  'SET liftedBy = :by, liftedBecause = :reason, liftedAtMs = :now, #ttl = :ttl REMOVE blockShard',
                ConditionExpression: standing,
                ExpressionAttributeNames: { '#ttl': 'ttl' },
                ExpressionAttributeValues: {
                  ':by': { S: by },
                  ':reason': { S: reason },
                  ':now': { N: String(atMs) },
                  ':ttl': { N: String(Math.ceil((atMs + liftedKeptMs) / 1_000)) },
                },
              },
            },
            { Delete: { TableName, Key: counterKey(subjectOf(id), 1, 0) } },
          ],
        }),
      );
      return true;
    } catch (error) {
      const reasons = error instanceof TransactionCanceledException ? error.CancellationReasons : undefined;
      if (reasons?.[0]?.Code === 'ConditionalCheckFailed') return false;
      throw error;
    }
  }

  async #query(
    shard: number,
    nowMs: EpochMs,
    limit: number,
    after: Cursor['after'],
  ): Promise<{ readonly blocks: readonly Block[]; readonly last?: NonNullable<Cursor['after']> }> {
    const blockShard = { S: blockShards[shard] ?? '0' };
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: 'byBlock',
        KeyConditionExpression: 'blockShard = :shard AND untilMs > :now',
        ExpressionAttributeValues: { ':shard': blockShard, ':now': { N: String(nowMs) } },
        Limit: limit,
        ...(after && { ExclusiveStartKey: { pk: { S: after.pk }, blockShard, untilMs: { N: String(after.untilMs) } } }),
      }),
    );
    const pk = LastEvaluatedKey?.['pk']?.S;
    const last = pk === undefined ? undefined : { pk, untilMs: Number(LastEvaluatedKey?.['untilMs']?.N) };
    return { blocks: Items.map(toBlock), ...(last && { last }) };
  }
}

const toBlock = (stored: Parameters<typeof unmarshall>[0]): Block =>
  readItem(StoredBlockSchema, unmarshall(stored), 'block');

const writeCursor = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url');

/** A cursor of somebody else's making begins at the first. */
function readCursor(text: string): Cursor | undefined {
  try {
    const parsed = z.safeParse(CursorSchema, JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
