import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { EpochMs } from '../../shared/clock.ts';
import type { DeliveryMarks } from '../../triggers/ports.ts';

/** Deliveries that repeated a request, in the table of counters: one item each, gone by TTL. */
export class DynamoDeliveryMarks implements DeliveryMarks {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async mark(deliverySha256: string, expiresAtMs: EpochMs): Promise<'new' | 'seen'> {
    try {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#table,
          Item: { pk: { S: `DELIVERY#${deliverySha256}` }, ttl: { N: String(Math.ceil(expiresAtMs / 1_000)) } },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
      return 'new';
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return 'seen';
      throw error;
    }
  }
}
