import type { DynamoDBRecord } from 'aws-lambda';
import { keys, readCall } from '../../src/adapters/dynamodb/call-item.ts';
import { imagesOf, streamHandler } from '../../src/adapters/lambda/batch-handlers.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { type TimeCallDeps, timeCall } from '../../src/calls/time-call.ts';
import { logCodes } from '../../src/shared/log-codes.ts';

export const createHandler = (deps: TimeCallDeps & Pick<Observability, 'logger'>) =>
  streamHandler(deps.logger, logCodes.callTimingFailed, (record) => timeRecord(deps, record));

async function timeRecord(deps: TimeCallDeps & Pick<Observability, 'logger'>, record: DynamoDBRecord): Promise<void> {
  const { before, after } = imagesOf(record);
  // Calls leave the table only by their retention time; nothing waits for those.
  if (!after || after['sk']?.S !== keys.call('').sk) return;
  const call = readCall(after);
  const outcome = await timeCall(deps, call, before && readCall(before));
  if (outcome !== 'nothing') deps.logger.info(logCodes.callTimed, { callId: call.id, outcome, status: call.status });
}
