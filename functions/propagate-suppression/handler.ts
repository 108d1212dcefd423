import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { PropagateSuppressionSchema } from '../../events/propagate-suppression/schema.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { parseMessage } from '../../src/adapters/lambda/parse-message.ts';
import { recordFailures } from '../../src/adapters/lambda/record-failures.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import { maskNumber } from '../../src/shared/mask.ts';
import { type PropagateSuppressionDeps, propagateSuppression } from '../../src/suppression/propagate-suppression.ts';

type Deps = PropagateSuppressionDeps & Pick<Observability, 'logger'>;

/** A number that Webex could not be told of comes again after the queue's visibility time. */
export const createHandler = (deps: Deps) =>
  middy<SQSEvent, SQSBatchResponse>().handler(
    async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
      processPartialResponse(
        event,
        recordFailures(deps.logger, logCodes.suppressionPropagationFailed, (record: SQSRecord) =>
          propagateRecord(deps, record),
        ),
        new BatchProcessor(EventType.SQS),
        { context, throwOnFullBatchFailure: false },
      ),
  );

async function propagateRecord(deps: Deps, record: SQSRecord): Promise<void> {
  const { number } = parseMessage(PropagateSuppressionSchema, record.body);
  const outcome = await propagateSuppression(deps, number);
  deps.logger.info(logCodes.suppressionPropagated, { number: maskNumber(number), ...outcome });
}
