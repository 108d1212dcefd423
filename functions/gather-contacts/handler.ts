import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { GatherContactsSchema } from '../../events/gather-contacts/schema.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { parseMessage } from '../../src/adapters/lambda/parse-message.ts';
import { recordFailures } from '../../src/adapters/lambda/record-failures.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import { type GatherContactsDeps, gatherContacts } from '../../src/triggers/batches/gather-contacts.ts';

export type Deps = GatherContactsDeps & Pick<Observability, 'logger'>;

export const createHandler = (deps: Deps) =>
  middy<SQSEvent, SQSBatchResponse>().handler(
    async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
      processPartialResponse(
        event,
        recordFailures(deps.logger, logCodes.contactsGatheringFailed, (record: SQSRecord) =>
          gatherRecord(deps, record),
        ),
        new BatchProcessor(EventType.SQS),
        { context, throwOnFullBatchFailure: false },
      ),
  );

async function gatherRecord(deps: Deps, { body }: SQSRecord): Promise<void> {
  const batch = parseMessage(GatherContactsSchema, body);
  const outcome = await gatherContacts(deps, batch);
  deps.logger.info(logCodes.contactsGathered, { campaign: batch.campaign, source: batch.source, ...outcome });
}
