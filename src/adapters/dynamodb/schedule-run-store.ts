import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { scheduleLimits } from '../../campaigns/schedules/limits.ts';
import type { RunPage, RunStore, ScheduleKey } from '../../campaigns/schedules/ports.ts';
import type { ScheduleRun } from '../../campaigns/schedules/schedule.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { key, ttl } from './call-item.ts';
import { readRun, runItem, runPrefix, scheduleKeys } from './schedule-item.ts';
import { versionCondition } from './version-condition.ts';

/** The runs of schedules in the Campaigns table, those of a schedule in the order of their times. */
export class DynamoRunStore implements RunStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async read(at: ScheduleKey, runId: string): Promise<ScheduleRun | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: key(scheduleKeys.run(at, runId)), ConsistentRead: true }),
    );
    return Item && readRun(Item);
  }

  async write(after: ScheduleRun): Promise<'written' | 'conflict'> {
    try {
      await this.#client.send(
        new PutItemCommand({ TableName: this.#table, Item: runItem(after), ...versionCondition(after.version) }),
      );
      return 'written';
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return 'conflict';
      throw error;
    }
  }

  async list(
    at: ScheduleKey,
    { limit, before }: { readonly limit: number; readonly before?: string | undefined },
  ): Promise<RunPage> {
    const { pk } = scheduleKeys.run(at, '');
    const { Items = [], LastEvaluatedKey } = await this.#query({
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': { S: pk }, ':prefix': { S: runPrefix } },
      ScanIndexForward: false,
      Limit: limit,
      ...(before !== undefined && { ExclusiveStartKey: key(scheduleKeys.run(at, before)) }),
    });
    const runs = Items.map(readRun);
    return { runs, ...(LastEvaluatedKey && { next: runs.at(-1)?.id }) };
  }

  async between(at: ScheduleKey, fromMs: EpochMs, toMs: EpochMs, limit: number): Promise<readonly ScheduleRun[]> {
    const { pk, sk: first } = scheduleKeys.run(at, new Date(fromMs + 1).toISOString());
    // What operators asked for has a longer name.
    const { sk: last } = scheduleKeys.run(at, `${new Date(toMs).toISOString()}~`);
    const runs: ScheduleRun[] = [];
    let ExclusiveStartKey: QueryCommandInput['ExclusiveStartKey'];
    do {
      const { Items = [], LastEvaluatedKey } = await this.#query({
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: { ':pk': { S: pk }, ':first': { S: first }, ':last': { S: last } },
        Limit: limit - runs.length,
        ExclusiveStartKey,
      });
      runs.push(...Items.map(readRun));
      ExclusiveStartKey = LastEvaluatedKey;
    } while (ExclusiveStartKey && runs.length < limit);
    return runs;
  }

  async readAccountedUntil(at: ScheduleKey): Promise<EpochMs | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: key(scheduleKeys.accounted(at)), ConsistentRead: true }),
    );
    return Item && Number(Item['untilMs']?.N);
  }

  async setAccountedUntil(at: ScheduleKey, untilMs: EpochMs): Promise<void> {
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: key(scheduleKeys.accounted(at)),
          UpdateExpression: 'SET untilMs = :until, #ttl = :ttl',
          ConditionExpression: 'attribute_not_exists(pk) OR untilMs < :until',
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: {
            ':until': { N: String(untilMs) },
            ':ttl': { N: String(ttl(untilMs + scheduleLimits.takenKeptMs).ttl) },
          },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  #query(input: Omit<QueryCommandInput, 'TableName' | 'ConsistentRead'>) {
    return this.#client.send(new QueryCommand({ ...input, TableName: this.#table, ConsistentRead: true }));
  }
}
