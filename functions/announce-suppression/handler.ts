import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { internalList, readSuppression } from '../../src/adapters/dynamodb/suppression-store.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { recordFailures } from '../../src/adapters/lambda/record-failures.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import { maskNumber } from '../../src/shared/mask.ts';
import {
  type AnnounceSuppressionDeps,
  type SuppressionChange,
  announceSuppression,
} from '../../src/suppression/announce-suppression.ts';

type Image = Record<string, AttributeValue>;
type Deps = AnnounceSuppressionDeps & Pick<Observability, 'logger'>;

export const createHandler = (deps: Deps) =>
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse>().handler(
    async (event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> =>
      processPartialResponse(
        event,
        recordFailures(deps.logger, logCodes.suppressionAnnouncingFailed, (record: DynamoDBRecord) =>
          announceRecord(deps, record),
        ),
        new BatchProcessor(EventType.DynamoDBStreams),
        { context, throwOnFullBatchFailure: false },
      ),
  );

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
function changeOf({ eventID, dynamodb }: DynamoDBRecord): SuppressionChange | undefined {
  if (dynamodb?.Keys?.['sk']?.S !== internalList) return undefined;
  const { NewImage, OldImage } = dynamodb as { NewImage?: Image; OldImage?: Image };
  if (eventID === undefined) throw new Error('A record of the stream has no id.');
  if (NewImage && !OldImage) return { id: eventID, change: 'added', entry: readSuppression(NewImage) };
  if (OldImage && !NewImage) return { id: eventID, change: 'removed', entry: readSuppression(OldImage) };
  return undefined;
}
