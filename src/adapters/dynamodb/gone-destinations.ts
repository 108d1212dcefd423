import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { GoneDestinations } from '../../destinations/ports.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { sha256 } from '../../shared/digest.ts';

/** Destinations that told us to stop, in the table of counters: one item each, gone by TTL. */
export class DynamoGoneDestinations implements GoneDestinations {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async goneUntilMs(name: string, url: string): Promise<EpochMs | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: keyOf(name), ConsistentRead: true }),
    );
    return Item?.['urlSha256']?.S === sha256(url) ? Number(Item['untilMs']?.N) : undefined;
  }

  async remember(name: string, url: string, untilMs: EpochMs): Promise<void> {
    await this.#client.send(
      new PutItemCommand({
        TableName: this.#table,
        Item: {
          ...keyOf(name),
          urlSha256: { S: sha256(url) },
          untilMs: { N: String(untilMs) },
          ttl: { N: String(Math.ceil(untilMs / 1_000)) },
        },
      }),
    );
  }
}

const keyOf = (name: string) => ({ pk: { S: `DESTINATION#${name}` } });
