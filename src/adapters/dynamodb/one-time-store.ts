import { DeleteItemCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { EpochMs } from '../../shared/clock.ts';
import { sha256 } from '../../shared/digest.ts';
import type { OneTimeStore } from '../../sign-in/ports.ts';

/** Sign-ins that are under way, in the table of counters: one item each, gone when it is taken, and by TTL otherwise. */
export class DynamoOneTimeStore implements OneTimeStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async put(secret: string, value: string, expiresAtMs: EpochMs): Promise<void> {
    await this.#client.send(
      new PutItemCommand({
        TableName: this.#table,
        Item: {
          ...keyOf(secret),
          value: { S: value },
          expiresAtMs: { N: String(expiresAtMs) },
          ttl: { N: String(Math.ceil(expiresAtMs / 1_000)) },
        },
      }),
    );
  }

  async take(secret: string): Promise<{ value: string; expiresAtMs: EpochMs } | undefined> {
    const { Attributes } = await this.#client.send(
      new DeleteItemCommand({ TableName: this.#table, Key: keyOf(secret), ReturnValues: 'ALL_OLD' }),
    );
    const value = Attributes?.['value']?.S;
    return value === undefined ? undefined : { value, expiresAtMs: Number(Attributes?.['expiresAtMs']?.N) };
  }
}

const keyOf = (secret: string) => ({ pk: { S: `SIGN_IN#${sha256(secret)}` } });
