import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { BucketState, BucketStore } from '../../budget/ports.ts';

/** Longer than any pause; an idle stack leaves nothing behind. */
const KEPT_MS = 86_400_000;

/** The request budget's bucket: one item of the Counters table, written five times a second at Webex's default limit. */
export class DynamoBucketStore implements BucketStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #key: Record<string, AttributeValue>;

  /** @param name whose budget it is: one a Webex client id. */
  constructor(client: DynamoDBClient, table: string, name: string) {
    this.#client = client;
    this.#table = table;
    this.#key = { pk: { S: `BUDGET#${name}` } };
  }

  async read(): Promise<BucketState | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: this.#key, ConsistentRead: true }),
    );
    return Item && toState(Item);
  }

  async replace(
    before: BucketState | undefined,
    after: BucketState,
  ): Promise<'written' | { now: BucketState | undefined }> {
    const condition = before
      ? {
          ConditionExpression: '#version = :version',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':version': { N: String(before.version) } },
        }
      : { ConditionExpression: 'attribute_not_exists(pk)' };
    try {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#table,
          Item: { ...this.#key, ...toItem(after) },
          ...condition,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return 'written';
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { now: error.Item && toState(error.Item) };
    }
  }
}

function toItem(state: BucketState): Record<string, AttributeValue> {
  const keptUntilMs = Math.max(state.emptyAtMs, state.pausedUntilMs) + KEPT_MS;
  return {
    emptyAtMs: { N: state.emptyAtMs.toFixed(3) },
    pausedUntilMs: { N: String(state.pausedUntilMs) },
    shareTakenAtMs: { N: String(state.shareTakenAtMs) },
    version: { N: String(state.version) },
    ttl: { N: String(Math.ceil(keptUntilMs / 1_000)) },
  };
}

function toState(item: Record<string, AttributeValue>): BucketState {
  const number = (name: string): number => {
    const value = Number(item[name]?.N);
    if (!Number.isFinite(value)) throw new Error(`The request budget's item lacks a usable ${name}.`);
    return value;
  };
  return {
    emptyAtMs: number('emptyAtMs'),
    pausedUntilMs: number('pausedUntilMs'),
    shareTakenAtMs: number('shareTakenAtMs'),
    version: number('version'),
  };
}
