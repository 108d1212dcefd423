import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Logger } from '@aws-lambda-powertools/logger';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';
import type {
  Context,
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
  SQSBatchResponse,
  SQSEvent,
  SQSRecord,
} from 'aws-lambda';
import type { EpochMs } from '../../shared/clock.ts';
import type { LogCode } from '../../shared/log-codes.ts';

type FailureLog = Pick<Logger, 'error'>;
type Work<Item> = (record: Item, context: Context) => Promise<void>;

/** An item before or after a change. */
export type Image = Readonly<Record<string, AttributeValue>>;

/** Answers a batch of queue messages; those whose work fails come again, the others do not. @param failed is said of one that failed */
export const queueHandler = (logger: FailureLog, failed: LogCode, work: Work<SQSRecord>) =>
  middy<SQSEvent, SQSBatchResponse>().handler(
    (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
      processPartialResponse(
        event,
        recordFailures(logger, failed, (record: SQSRecord) => work(record, context)),
        new BatchProcessor(EventType.SQS),
        { context, throwOnFullBatchFailure: false },
      ),
  );

/**
 * Answers a batch of a table's changes, those of one partition key one after the other as they were made; from the first whose
 * work fails on they come again.
 * @param failed is said of one that failed
 */
export const streamHandler = (logger: FailureLog, failed: LogCode, work: Work<DynamoDBRecord>) =>
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse>().handler(
    (event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> =>
      processPartialResponse(
        event,
        inKeyOrder(recordFailures(logger, failed, (record: DynamoDBRecord) => work(record, context))),
        new BatchProcessor(EventType.DynamoDBStreams),
        { context, throwOnFullBatchFailure: false },
      ),
  );

/** The item of a change of a table, as it was and as it is. */
export function imagesOf({ dynamodb }: DynamoDBRecord): { readonly before?: Image; readonly after?: Image } {
  // The event's types know attribute values of their own, of the same form.
  const { OldImage, NewImage } = (dynamodb ?? {}) as { OldImage?: Image; NewImage?: Image };
  return { ...(OldImage && { before: OldImage }), ...(NewImage && { after: NewImage }) };
}

/** When a change was made, on the stack's clock. @param clockOffsetMs only the local host shifts that clock. @throws Error where the record has no time */
export function changedAtMs({ dynamodb }: DynamoDBRecord, clockOffsetMs: number): EpochMs {
  const seconds = dynamodb?.ApproximateCreationDateTime;
  if (seconds === undefined) throw new Error('A record of the stream has no time.');
  return seconds * 1_000 + clockOffsetMs;
}

/** The batch begins its records in their order, but waits for none of them; side by side, what an older change does might stay. */
function inKeyOrder(handle: (record: DynamoDBRecord) => Promise<void>) {
  const latest = new Map<string, Promise<void>>();
  return (record: DynamoDBRecord): Promise<void> => {
    const partition = record.dynamodb?.Keys?.['pk']?.S ?? '';
    const before = latest.get(partition);
    const run = before ? before.then(() => handle(record)) : handle(record);
    latest.set(partition, run);
    return run;
  };
}

/** The batch itself only tells which record comes again; what it failed with is logged here. */
function recordFailures<Item>(logger: FailureLog, failed: LogCode, handle: (record: Item) => Promise<void>) {
  return async (record: Item): Promise<void> => {
    try {
      await handle(record);
    } catch (error) {
      logger.error(failed, { error: error instanceof Error ? error : undefined });
      throw error;
    }
  };
}
