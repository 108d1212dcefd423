import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { BlockRecord } from '../../campaigns/chunk-states.ts';
import type { UploadRecord, UploadStore } from '../../campaigns/push-ports.ts';
import { item, key } from './call-item.ts';
import { queryAll } from './query-all.ts';
import { blockItem, readBlockRecord, readUpload, uploadKeys } from './upload-item.ts';

/** What sending changes in the record; everything else stays as it is. */
const changed = ['status', 'because', 'contactListId', 'lease', 'counted', 'isCountSpoilt', 'version'] as const;

/** A block has at most some 40 KB and a page a megabyte, so that ten million contacts are a hundred pages at the most. */
const pagesMax = 200;

/** The record of an upload and its blocks, as those need them who send and steer it. */
export class DynamoUploadStore implements UploadStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #keptMs: number;
  /** When the blocks of an upload may go. */
  readonly #ttls = new Map<string, number>();

  /** @param keptMs how long an upload is kept after its list has expired */
  constructor(client: DynamoDBClient, table: string, keptMs: number) {
    this.#client = client;
    this.#table = table;
    this.#keptMs = keptMs;
  }

  async read(uploadId: string): Promise<UploadRecord | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: key(uploadKeys.upload(uploadId)), ConsistentRead: true }),
    );
    const upload = Item && readUpload(Item);
    if (upload) this.#ttls.set(uploadId, Math.max(upload.createdAtMs, upload.toMs) + this.#keptMs);
    return upload;
  }

  async write(after: UploadRecord): Promise<'written' | 'conflict'> {
    const set = changed.filter((name) => after[name] !== undefined);
    const remove = changed.filter((name) => after[name] === undefined);
    const values = Object.fromEntries(set.map((name) => [`:${name}`, after[name]]));
    return whetherWritten(
      this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: key(uploadKeys.upload(after.id)),
          UpdateExpression: [
            `SET ${set.map((name) => `#${name} = :${name}`).join(', ')}`,
            ...(remove.length > 0 ? [`REMOVE ${remove.map((name) => `#${name}`).join(', ')}`] : []),
          ].join(' '),
          ConditionExpression: '#version = :before',
          ExpressionAttributeNames: Object.fromEntries(changed.map((name) => [`#${name}`, name])),
          ExpressionAttributeValues: item({ ...values, ':before': after.version - 1 }),
        }),
      ),
    );
  }

  readBlocks(uploadId: string): Promise<readonly BlockRecord[]> {
    return queryAll(
      this.#client,
      {
        TableName: this.#table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :upload AND begins_with(sk, :blocks)',
        ExpressionAttributeValues: {
          ':upload': { S: uploadKeys.upload(uploadId).pk },
          ':blocks': { S: 'BLOCK#' },
        },
      },
      {
        read: readBlockRecord,
        pagesMax,
        tooMany: () => new Error(`Upload ${uploadId} has more than ${pagesMax} pages of blocks.`),
      },
    );
  }

  async readBlock(uploadId: string, block: number): Promise<BlockRecord | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: key(uploadKeys.block(uploadId, block)), ConsistentRead: true }),
    );
    return Item && readBlockRecord(Item);
  }

  async writeBlock(uploadId: string, after: BlockRecord): Promise<'written' | 'conflict'> {
    const condition =
      after.version === 1
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: '#version = :before',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':before': { N: String(after.version - 1) } },
          };
    const ttlAtMs = this.#ttls.get(uploadId);
    if (ttlAtMs === undefined) throw new Error(`The blocks of upload ${uploadId} are written before it was read.`);
    const Item = blockItem(uploadId, after, ttlAtMs);
    return whetherWritten(this.#client.send(new PutItemCommand({ TableName: this.#table, Item, ...condition })));
  }
}

async function whetherWritten(sent: Promise<unknown>): Promise<'written' | 'conflict'> {
  try {
    await sent;
    return 'written';
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return 'conflict';
    throw error;
  }
}
