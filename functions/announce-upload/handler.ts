import type { DynamoDBRecord } from 'aws-lambda';
import { readUpload, uploadKeys } from '../../src/adapters/dynamodb/upload-item.ts';
import { changedAtMs, imagesOf, streamHandler } from '../../src/adapters/lambda/batch-handlers.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { type AnnounceUploadDeps, announceUpload } from '../../src/campaigns/announce-upload.ts';
import { logCodes } from '../../src/shared/log-codes.ts';

export interface Deps extends AnnounceUploadDeps, Pick<Observability, 'logger'> {
  /** Added to the time of a record: only the local host shifts the stack's clock. Milliseconds. */
  readonly clockOffsetMs: number;
}

export const createHandler = (deps: Deps) =>
  streamHandler(deps.logger, logCodes.uploadAnnouncingFailed, (record) => announceRecord(deps, record));

async function announceRecord(deps: Deps, record: DynamoDBRecord): Promise<void> {
  const { before, after } = imagesOf(record);
  // Uploads leave the table only by their retention time, long after their last event.
  if (!after || after['sk']?.S !== uploadKeys.upload('').sk) return;
  const atMs = changedAtMs(record, deps.clockOffsetMs);
  const upload = readUpload(after);
  const told = await announceUpload(deps, { upload, ...(before && { before: readUpload(before) }), atMs });
  for (const { type, id } of told)
    deps.logger.info(logCodes.uploadAnnounced, { uploadId: upload.id, event: type, eventId: id });
}
