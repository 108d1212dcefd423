import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { ContactFile, Taking, Takings } from '../../campaigns/schedules/ports.ts';
import type { Clock } from '../../shared/clock.ts';
import { key } from './call-item.ts';
import { readTaking, scheduleKeys, takingItem } from './schedule-item.ts';
import { groupsOf, inParallel, untilProcessed } from './unprocessed.ts';

/** DynamoDB: at most 100 items a BatchGetItem. */
const keysMax = 100;
const requestsAtOnce = 8;

/** Which contact files were taken: one item of the Campaigns table a file, by campaign, key and contents. */
export class DynamoTakings implements Takings {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #clock: Pick<Clock, 'sleep'>;

  constructor(client: DynamoDBClient, table: string, clock: Pick<Clock, 'sleep'>) {
    this.#client = client;
    this.#table = table;
    this.#clock = clock;
  }

  async read(campaignId: string, files: readonly ContactFile[]): Promise<readonly (Taking | undefined)[]> {
    const found = new Map<string, Taking>();
    const wanted = files.map((file) => scheduleKeys.taking(campaignId, file));
    await inParallel(groupsOf(wanted, keysMax), requestsAtOnce, (group) =>
      untilProcessed(group.map(key), { table: 'campaigns', clock: this.#clock }, async (Keys) => {
        const { Responses, UnprocessedKeys } = await this.#client.send(
          new BatchGetItemCommand({ RequestItems: { [this.#table]: { Keys, ConsistentRead: true } } }),
        );
        for (const stored of Responses?.[this.#table] ?? []) found.set(stored['pk']?.S ?? '', readTaking(stored));
        return UnprocessedKeys?.[this.#table]?.Keys ?? [];
      }),
    );
    return wanted.map(({ pk }) => found.get(pk));
  }

  async claim(campaignId: string, taking: Taking, over?: Taking): Promise<'claimed' | 'taken-by-another'> {
    const condition = over
      ? {
          ConditionExpression:
            'runId = :run AND takenMs = :taken AND attribute_not_exists(uploadId) AND attribute_not_exists(problem)',
          ExpressionAttributeValues: { ':run': { S: over.runId }, ':taken': { N: String(over.takenMs) } },
        }
      : { ConditionExpression: 'attribute_not_exists(pk)' };
    try {
      await this.#client.send(
        new PutItemCommand({ TableName: this.#table, Item: takingItem(campaignId, taking), ...condition }),
      );
      return 'claimed';
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return 'taken-by-another';
      throw error;
    }
  }

  async settle(campaignId: string, taking: Taking): Promise<void> {
    await this.#client.send(new PutItemCommand({ TableName: this.#table, Item: takingItem(campaignId, taking) }));
  }
}
