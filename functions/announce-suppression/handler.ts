import type { DynamoDBRecord } from 'aws-lambda';
import { internalList, readSuppression } from '../../src/adapters/dynamodb/suppression-store.ts';
import { imagesOf, streamHandler } from '../../src/adapters/lambda/batch-handlers.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import { maskNumber } from '../../src/shared/mask.ts';
import {
  type AnnounceSuppressionDeps,
  type SuppressionChange,
  announceSuppression,
} from '../../src/suppression/announce-suppression.ts';

type Deps = AnnounceSuppressionDeps & Pick<Observability, 'logger'>;

export const createHandler = (deps: Deps) =>
  streamHandler(deps.logger, logCodes.suppressionAnnouncingFailed, (record) => announceRecord(deps, record));

async function announceRecord(deps: Deps, record: DynamoDBRecord): Promise<void> {
  const told = changeOf(record);
  if (!told) return;
  const cancelledCalls = await announceSuppression(deps, told);
  deps.logger.info(logCodes.suppressionAnnounced, {
    number: maskNumber(told.entry.number),
    change: told.change,
    cancelledCalls,
  });
}

/** An entry that replaces another of the same number changes nothing for anybody. */
function changeOf(record: DynamoDBRecord): SuppressionChange | undefined {
  const { eventID, dynamodb } = record;
  if (dynamodb?.Keys?.['sk']?.S !== internalList) return undefined;
  const { before, after } = imagesOf(record);
  if (eventID === undefined) throw new Error('A record of the stream has no id.');
  if (after && !before) return { id: eventID, change: 'added', entry: readSuppression(after) };
  if (before && !after) return { id: eventID, change: 'removed', entry: readSuppression(before) };
  return undefined;
}
