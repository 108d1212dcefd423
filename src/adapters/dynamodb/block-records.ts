import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { BlockRecords } from '../../screen/ports.ts';
import { sha256 } from '../../shared/digest.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { item } from './call-item.ts';

const dayMs = 86_400_000;

/** Blocks that stand are found by an index of so many partitions. */
export const blockShards = ['0', '1', '2', '3'] as const;
const shardOf = (id: string): string =>
  blockShards[Number.parseInt(sha256(id).slice(0, 2), 16) % blockShards.length] ?? '0';

export const blockKey = (id: string): { pk: { S: string } } => ({ pk: { S: `SCREEN#BLOCK#${id}` } });

/** Condition on a block that neither ended nor was lifted. */
export const standing = 'untilMs > :now AND attribute_exists(blockShard)';

/** Notes the blocks of the abuse screen in the table of counters: a sparse index holds those that may stand. */
export class DynamoBlockRecords implements BlockRecords {
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
          Key: blockKey(id),
          UpdateExpression: 'SET untilMs = :until, code = :code, #ttl = :ttl ADD refusals :one',
          ConditionExpression: standing,
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
      await this.#client.send(
        new PutItemCommand({ TableName: this.#table, Item: { ...blockKey(id), ...item(begun) } }),
      );
    }
  }
}
