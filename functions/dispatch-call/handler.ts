import type { SQSRecord } from 'aws-lambda';
import { DispatchCallSchema } from '../../events/dispatch-call/schema.ts';
import { queueHandler } from '../../src/adapters/lambda/batch-handlers.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { parseMessage } from '../../src/adapters/lambda/parse-message.ts';
import { type DispatchCallDeps, dispatchCall } from '../../src/calls/dispatch-call.ts';
import { logCodes } from '../../src/shared/log-codes.ts';

export const createHandler = (deps: DispatchCallDeps & Pick<Observability, 'logger'>) =>
  queueHandler(deps.logger, logCodes.callDispatchFailed, (record) => dispatchRecord(deps, record));

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
