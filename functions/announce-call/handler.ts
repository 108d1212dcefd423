import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { keys, readCall } from '../../src/adapters/dynamodb/call-item.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { recordFailures } from '../../src/adapters/lambda/record-failures.ts';
import type { EventSettings } from '../../src/bus/envelope.ts';
import type { Bus } from '../../src/bus/ports.ts';
import { callEventOf } from '../../src/calls/call-event.ts';
import { logCodes } from '../../src/shared/log-codes.ts';

type Image = Record<string, AttributeValue>;

export interface Deps extends Pick<Observability, 'logger'> {
  readonly bus: Bus;
  readonly settings: EventSettings;
  /** Added to the time of a record: only the local host shifts the stack's clock. Milliseconds. */
  readonly clockOffsetMs: number;
}

export const createHandler = (deps: Deps) =>
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse>().handler(
    async (event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> =>
      processPartialResponse(
        event,
        recordFailures(deps.logger, logCodes.callAnnouncingFailed, (record: DynamoDBRecord) =>
          announceRecord(deps, record),
        ),
        new BatchProcessor(EventType.DynamoDBStreams),
        { context, throwOnFullBatchFailure: false },
      ),
  );

async function announceRecord(deps: Deps, record: DynamoDBRecord): Promise<void> {
  const { NewImage, OldImage, ApproximateCreationDateTime } = (record.dynamodb ?? {}) as {
    NewImage?: Image;
    OldImage?: Image;
    ApproximateCreationDateTime?: number;
  };
  // Calls leave the table only by their retention time, long after their last event.
  if (!NewImage || NewImage['sk']?.S !== keys.call('').sk) return;
  if (ApproximateCreationDateTime === undefined) throw new Error('A record of the stream has no time.');
  const atMs = ApproximateCreationDateTime * 1_000 + deps.clockOffsetMs;
  const call = readCall(NewImage);
  const event = callEventOf({ call, ...(OldImage && { before: readCall(OldImage) }), atMs }, deps.settings);
  if (!event) return;
  await deps.bus.publish(event);
  deps.logger.info(logCodes.callAnnounced, { callId: call.id, event: event.type, eventId: event.id });
}
