import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { readUpload, uploadKeys } from '../../src/adapters/dynamodb/upload-item.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { recordFailures } from '../../src/adapters/lambda/record-failures.ts';
import { type AnnounceUploadDeps, announceUpload } from '../../src/campaigns/announce-upload.ts';
import { logCodes } from '../../src/shared/log-codes.ts';

type Image = Record<string, AttributeValue>;

export interface Deps extends AnnounceUploadDeps, Pick<Observability, 'logger'> {
  /** Added to the time of a record: only the local host shifts the stack's clock. Milliseconds. */
  readonly clockOffsetMs: number;
}

export const createHandler = (deps: Deps) =>
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse>().handler(
    async (event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> =>
      processPartialResponse(
        event,
        recordFailures(deps.logger, logCodes.uploadAnnouncingFailed, (record: DynamoDBRecord) =>
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
  // Uploads leave the table only by their retention time, long after their last event.
  if (!NewImage || NewImage['sk']?.S !== uploadKeys.upload('').sk) return;
  if (ApproximateCreationDateTime === undefined) throw new Error('A record of the stream has no time.');
  const atMs = ApproximateCreationDateTime * 1_000 + deps.clockOffsetMs;
  const upload = readUpload(NewImage);
  const told = await announceUpload(deps, { upload, ...(OldImage && { before: readUpload(OldImage) }), atMs });
  for (const { type, id } of told)
    deps.logger.info(logCodes.uploadAnnounced, { uploadId: upload.id, event: type, eventId: id });
}
