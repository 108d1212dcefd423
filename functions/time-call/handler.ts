import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { readCall } from '../../src/adapters/dynamodb/call-item.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { recordFailures } from '../../src/adapters/lambda/record-failures.ts';
import { type TimeCallDeps, timeCall } from '../../src/calls/time-call.ts';
import { logCodes } from '../../src/shared/log-codes.ts';

type Image = Record<string, AttributeValue>;

export const createHandler = (deps: TimeCallDeps & Pick<Observability, 'logger'>) =>
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse>().handler(
    async (event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> =>
      processPartialResponse(
        event,
        recordFailures(deps.logger, logCodes.callTimingFailed, (record: DynamoDBRecord) => timeRecord(deps, record)),
        new BatchProcessor(EventType.DynamoDBStreams),
        {
          context,
          throwOnFullBatchFailure: false,
        },
      ),
  );

async function timeRecord(deps: TimeCallDeps & Pick<Observability, 'logger'>, record: DynamoDBRecord): Promise<void> {
  const after = record.dynamodb?.NewImage as Image | undefined;
  // Calls leave the table only by their retention time; nothing waits for those.
  if (!after || after['sk']?.S !== 'CALL') return;
  const before = record.dynamodb?.OldImage as Image | undefined;
  const call = readCall(after);
  const outcome = await timeCall(deps, call, before && readCall(before));
  if (outcome !== 'nothing') deps.logger.info(logCodes.callTimed, { callId: call.id, outcome, status: call.status });
}
