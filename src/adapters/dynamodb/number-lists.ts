import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AttemptsOfNumbers, ListedNumbers } from '../../campaigns/plan-ports.ts';
import type { Clock, EpochMs } from '../../shared/clock.ts';
import { attemptLogKey, readAttemptLog } from './attempt-log.ts';
import { key } from './call-item.ts';
import { suppressionKey } from './suppression-store.ts';
import { groupsOf, inParallel, untilProcessed } from './unprocessed.ts';
import { uploadKeys } from './upload-item.ts';

type Stored = Record<string, AttributeValue>;

/** DynamoDB: keys of one BatchGetItem. */
const keysPerRead = 100;
/** Requests at the same time: about what one on-demand table takes from cold without throttling. */
const concurrency = 8;

/**
 * What tables know about many numbers. A plan may read what was true a moment ago, for half the price, because sending asks
 * again; sending itself may not.
 */
export class DynamoNumberLists {
  readonly #client: DynamoDBClient;
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #isConsistent: boolean;

  constructor(client: DynamoDBClient, clock: Pick<Clock, 'sleep'>, { isConsistent }: { isConsistent: boolean }) {
    this.#client = client;
    this.#clock = clock;
    this.#isConsistent = isConsistent;
  }

  /** Our own do-not-call list. */
  internal(table: string): ListedNumbers {
    return async (numbers) => {
      const listed = new Set<string>();
      await this.#read(table, numbers.map(suppressionKey), 'pk', ({ pk }) => listed.add(pk?.S ?? ''));
      return listed;
    };
  }

  /** Numbers that another upload has for the campaign at this moment. */
  uploadedLately(table: string, campaignId: string, upload: { id: string; nowMs: EpochMs }): ListedNumbers {
    return async (numbers) => {
      const lately = new Set<string>();
      const keys = numbers.map((number) => key(uploadKeys.taken(number, campaignId)));
      await this.#read(table, keys, 'pk, uploadId, freeAtMs', ({ pk, uploadId, freeAtMs }) => {
        if (uploadId?.S !== upload.id && Number(freeAtMs?.N ?? 0) > upload.nowMs)
          lately.add((pk?.S ?? '').slice('NUMBER#'.length));
      });
      return lately;
    };
  }

  /** Earlier attempts to numbers, by whatever asked for the calls. */
  attempts(table: string): AttemptsOfNumbers {
    return async (numbers) => {
      const attempts = new Map<string, readonly EpochMs[]>();
      await this.#read(table, numbers.map(attemptLogKey), 'pk, attempts', (stored) => {
        const number = (stored['pk']?.S ?? '').slice('ATTEMPTS#'.length);
        attempts.set(number, readAttemptLog(number, stored).attemptsMs);
      });
      return attempts;
    };
  }

  /** @throws UnprocessedItemsError */
  async #read(table: string, keys: Stored[], projection: string, each: (stored: Stored) => void): Promise<void> {
    await inParallel(groupsOf(keys, keysPerRead), concurrency, (group) =>
      untilProcessed(group, { table, clock: this.#clock }, async (Keys) => {
        const { Responses, UnprocessedKeys } = await this.#client.send(
          new BatchGetItemCommand({
            RequestItems: {
              [table]: { Keys, ConsistentRead: this.#isConsistent, ProjectionExpression: projection },
            },
          }),
        );
        for (const stored of Responses?.[table] ?? []) each(stored);
        return UnprocessedKeys?.[table]?.Keys ?? [];
      }),
    );
  }
}
