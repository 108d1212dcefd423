import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { PlanningNote, Upload, UploadLedger } from '../../campaigns/upload.ts';
import { item, key } from './call-item.ts';
import { readUpload, uploadItem, uploadKeys } from './upload-item.ts';

/** The records of uploads: one item each, its blocks beside it. */
export class DynamoUploadLedger implements UploadLedger {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #keptMs: number;

  /** @param keptMs how long an upload is kept after its list has expired */
  constructor(client: DynamoDBClient, table: string, keptMs: number) {
    this.#client = client;
    this.#table = table;
    this.#keptMs = keptMs;
  }

  async add(upload: Upload): Promise<'added' | Upload> {
    try {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#table,
          Item: uploadItem(upload, this.#keptMs),
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return 'added';
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
      return readUpload(error.Item);
    }
  }

  async find(uploadId: string): Promise<Upload | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: key(uploadKeys.upload(uploadId)), ConsistentRead: true }),
    );
    return Item && readUpload(Item);
  }

  async replace(after: Upload): Promise<'written' | 'conflict'> {
    try {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#table,
          Item: uploadItem(after, this.#keptMs),
          ConditionExpression: '#version = :before',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':before': { N: String(after.version - 1) } },
        }),
      );
      return 'written';
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return 'conflict';
      throw error;
    }
  }

  notePlanning(uploadId: string, note: PlanningNote): Promise<void> {
    return this.#note(uploadId, 'planning', note);
  }

  async notePart(uploadId: string, part: string): Promise<void> {
    await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: key(uploadKeys.upload(uploadId)),
        UpdateExpression: 'ADD #parts :part',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: { '#parts': 'partsPlanned' },
        ExpressionAttributeValues: { ':part': { SS: [part] } },
      }),
    );
  }

  notePace(uploadId: string, pace: NonNullable<Upload['pace']>): Promise<void> {
    return this.#note(uploadId, 'pace', pace);
  }

  /** Beside the version: a note is nobody's business but the reader's. */
  async #note(uploadId: string, name: 'planning' | 'pace', note: object): Promise<void> {
    await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: key(uploadKeys.upload(uploadId)),
        UpdateExpression: 'SET #note = :note',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: { '#note': name },
        ExpressionAttributeValues: item({ ':note': note }),
      }),
    );
  }
}
