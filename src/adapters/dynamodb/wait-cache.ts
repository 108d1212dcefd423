import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { EpochMs } from '../../shared/clock.ts';
import type { WaitCache, WaitReading } from '../../waits/ports.ts';
import { readItem } from './read-item.ts';

/** Longer than any reading is told. */
const keptMs = 3_600_000;

const WaitItemSchema = z.object({ waitSeconds: z.optional(z.int()), askedAtMs: z.optional(z.number()) });

/** Estimated waits in the table of counters, one item a queue. */
export class DynamoWaitCache implements WaitCache {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async read(queueId: string): Promise<WaitReading | undefined> {
    const { Item } = await this.#client.send(new GetItemCommand({ TableName: this.#table, Key: keyOf(queueId) }));
    if (!Item) return undefined;
    const { waitSeconds, askedAtMs } = readItem(WaitItemSchema, unmarshall(Item), 'wait');
    return askedAtMs === undefined ? undefined : { askedAtMs, ...(waitSeconds !== undefined && { waitSeconds }) };
  }

  async claim(
    queueId: string,
    { nowMs, untilMs, staleBeforeMs }: { nowMs: EpochMs; untilMs: EpochMs; staleBeforeMs: EpochMs },
  ): Promise<boolean> {
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: keyOf(queueId),
          UpdateExpression: 'SET claimedUntilMs = :until, #ttl = :ttl',
          ConditionExpression:
            '(attribute_not_exists(claimedUntilMs) OR claimedUntilMs <= :now) AND (attribute_not_exists(askedAtMs) OR askedAtMs <= :stale)',
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: {
            ':until': number(untilMs),
            ':now': number(nowMs),
            ':stale': number(staleBeforeMs),
            ':ttl': ttlAfter(nowMs),
          },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async write(queueId: string, { waitSeconds, askedAtMs }: WaitReading): Promise<void> {
    const known = waitSeconds !== undefined;
    await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: keyOf(queueId),
        UpdateExpression: known
          ? 'SET askedAtMs = :asked, #ttl = :ttl, waitSeconds = :wait REMOVE claimedUntilMs'
          : 'SET askedAtMs = :asked, #ttl = :ttl REMOVE claimedUntilMs, waitSeconds',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: {
          ':asked': number(askedAtMs),
          ':ttl': ttlAfter(askedAtMs),
          ...(known && { ':wait': number(waitSeconds) }),
        },
      }),
    );
  }
}

const keyOf = (queueId: string) => ({ pk: { S: `WAIT#${queueId}` } });
const number = (value: number): AttributeValue => ({ N: String(value) });
const ttlAfter = (atMs: EpochMs): AttributeValue => number(Math.ceil((atMs + keptMs) / 1_000));
