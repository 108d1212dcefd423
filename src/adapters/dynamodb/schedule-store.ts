import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { ScheduleKey, SchedulePage, ScheduleStore } from '../../campaigns/schedules/ports.ts';
import type { CampaignSchedule, StoredSchedule } from '../../campaigns/schedules/schedule.ts';
import { key } from './call-item.ts';
import { readSchedule, scheduleItem, scheduleKeys } from './schedule-item.ts';
import { versionCondition } from './version-condition.ts';

/** The schedules of campaigns in the Campaigns table: one item each, those of a campaign side by side. */
export class DynamoScheduleStore implements ScheduleStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async read(at: ScheduleKey): Promise<StoredSchedule | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: key(scheduleKeys.schedule(at)), ConsistentRead: true }),
    );
    return Item && readSchedule(Item);
  }

  async list(
    campaignId: string,
    { limit, after }: { readonly limit: number; readonly after?: string | undefined },
  ): Promise<SchedulePage> {
    const { pk, sk } = scheduleKeys.schedule({ campaignId, name: after ?? '' });
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: pk } },
        ConsistentRead: true,
        Limit: limit,
        ...(after !== undefined && { ExclusiveStartKey: key({ pk, sk }) }),
      }),
    );
    const schedules = Items.map(readSchedule);
    return { schedules, ...(LastEvaluatedKey && { next: schedules.at(-1)?.schedule.name }) };
  }

  /** The timer stands by what was written before, until {@link markTimed}. */
  async write(after: CampaignSchedule): Promise<'written' | 'conflict'> {
    try {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#table,
          Item: scheduleItem(after, after.version - 1),
          ...versionCondition(after.version),
        }),
      );
      return 'written';
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return 'conflict';
      throw error;
    }
  }

  async remove(at: ScheduleKey, version: number): Promise<'removed' | 'conflict'> {
    try {
      await this.#client.send(
        new DeleteItemCommand({
          TableName: this.#table,
          Key: key(scheduleKeys.schedule(at)),
          ...versionCondition(version + 1),
        }),
      );
      return 'removed';
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return 'conflict';
      throw error;
    }
  }

  async markTimed(at: ScheduleKey, version: number): Promise<void> {
    const { ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues } = versionCondition(version + 1);
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: key(scheduleKeys.schedule(at)),
          UpdateExpression: 'SET timedVersion = :before',
          ConditionExpression,
          ExpressionAttributeNames,
          ExpressionAttributeValues,
        }),
      );
    } catch (error) {
      // Whoever changed it sets the timer anew and marks that.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }
}
