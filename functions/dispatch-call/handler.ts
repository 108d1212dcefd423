import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { DispatchCallSchema } from '../../events/dispatch-call/schema.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { parseMessage } from '../../src/adapters/lambda/parse-message.ts';
import { recordFailures } from '../../src/adapters/lambda/record-failures.ts';
import { type DispatchCallDeps, dispatchCall } from '../../src/calls/dispatch-call.ts';
import { logCodes } from '../../src/shared/log-codes.ts';

export const createHandler = (deps: DispatchCallDeps & Pick<Observability, 'logger'>) =>
  middy<SQSEvent, SQSBatchResponse>().handler(
    async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
      processPartialResponse(
        event,
        recordFailures(deps.logger, logCodes.callDispatchFailed, (record: SQSRecord) => dispatchRecord(deps, record)),
        new BatchProcessor(EventType.SQS),
        {
          context,
          throwOnFullBatchFailure: false,
        },
      ),
  );

/** Someone else moved the call between our reading and our writing; the message comes again and meets what is true then. */
class DispatchConflictError extends Error {
  override readonly name = 'DispatchConflictError';
}

async function dispatchRecord(
  deps: DispatchCallDeps & Pick<Observability, 'logger'>,
  record: SQSRecord,
): Promise<void> {
  const { callId } = parseMessage(DispatchCallSchema, record.body);
  const outcome = await dispatchCall(deps, callId);
  deps.logger.info(logCodes.callDispatched, { callId, outcome });
  if (outcome === 'conflict') throw new DispatchConflictError(`Call ${callId} moved on while it was dispatched.`);
}
