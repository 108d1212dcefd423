import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  TransactionCanceledException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { type Block, subjectOf } from '../../screen/blocks.ts';
import type { BlockRecords, BlockStore } from '../../screen/ports.ts';
import { sha256 } from '../../shared/digest.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { item } from './call-item.ts';
import { readItem } from './read-item.ts';
import { counterKey } from './request-counters.ts';

const dayMs = 86_400_000;
/** How long a lifted block stays on record, with who lifted it and why. */
const liftedKeptMs = 30 * dayMs;
/** Blocks that stand are found by an index of so many partitions. */
const shards = ['0', '1', '2', '3'] as const;

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
  shard: z.int().check(z.gte(0), z.lt(shards.length)),
  after: z.optional(z.object({ pk: z.string(), untilMs: z.number() })),
});
type Cursor = z.output<typeof CursorSchema>;

const keyOf = (id: string) => ({ pk: { S: `SCREEN#BLOCK#${id}` } });
const shardOf = (id: string): string => shards[Number.parseInt(sha256(id).slice(0, 2), 16) % shards.length] ?? '0';
const stands = 'untilMs > :now AND attribute_exists(blockShard)';

/** The blocks of the abuse screen, in the table of counters: a sparse index holds those that may stand. */
export class DynamoBlockStore implements BlockRecords, BlockStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async note(block: Parameters<BlockRecords['note']>[0], atMs: EpochMs): Promise<void> {
    const { id, code, untilMs } = block;
    const ttl = Math.ceil((untilMs + dayMs) / 1_000);
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: keyOf(id),
          UpdateExpression: 'SET untilMs = :until, code = :code, #ttl = :ttl ADD refusals :one',
          ConditionExpression: stands,
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: {
            ':until': { N: String(untilMs) },
            ':code': { S: code },
            ':ttl': { N: String(ttl) },
            ':one': { N: '1' },
            ':now': { N: String(atMs) },
          },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // None stands. Of two first refusals at the same moment one count is lost, which changes nothing.
      const begun = { ...block, sinceMs: atMs, refusals: 1, blockShard: shardOf(id), ttl };
      await this.#client.send(new PutItemCommand({ TableName: this.#table, Item: { ...keyOf(id), ...item(begun) } }));
    }
  }

  async list(nowMs: EpochMs, limit: number, cursor?: string): ReturnType<BlockStore['list']> {
    const blocks: Block[] = [];
    const from = cursor === undefined ? undefined : readCursor(cursor);
    for (let shard = from?.shard ?? 0; shard < shards.length; shard += 1) {
      if (blocks.length >= limit) return { blocks, cursor: writeCursor({ shard }) };
      const after = from?.shard === shard ? from.after : undefined;
      const found = await this.#query(shard, nowMs, limit - blocks.length, after);
      blocks.push(...found.blocks);
      if (found.last) return { blocks, cursor: writeCursor({ shard, after: found.last }) };
    }
    return { blocks };
  }

  async find(ids: readonly string[], nowMs: EpochMs): Promise<readonly Block[]> {
    const Keys = ids.map(keyOf);
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
                Key: keyOf(id),
                UpdateExpression:
                  'SET liftedBy = :by, liftedBecause = :reason, liftedAtMs = :now, #ttl = :ttl REMOVE blockShard',
                ConditionExpression: stands,
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
    const blockShard = { S: shards[shard] ?? '0' };
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
