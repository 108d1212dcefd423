import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { SQSRecord } from 'aws-lambda';
import { OutboundRequestedMessageSchema } from '../../events/outbound-requested/schema.ts';
import { queueHandler } from '../../src/adapters/lambda/batch-handlers.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { MessageError, parseMessage } from '../../src/adapters/lambda/parse-message.ts';
import type { RequestOutdialDeps } from '../../src/calls/request-outdial.ts';
import { logCodes } from '../../src/shared/log-codes.ts';
import { maskNumber } from '../../src/shared/mask.ts';
import { takeRequest } from '../../src/triggers/take-request.ts';

type Deps = RequestOutdialDeps & Observability;

/** An event that asks for something that cannot be: it goes to the dead letters, where an operator sees it. */
class RequestEventError extends Error {
  override readonly name = 'RequestEventError';
}

export const createHandler = (deps: Deps) =>
  queueHandler(deps.logger, logCodes.requestEventFailed, (record) => takeRecord(deps, record));

async function takeRecord(deps: Deps, record: SQSRecord): Promise<void> {
  try {
    await take(deps, record.body);
  } catch (error) {
    if (error instanceof MessageError || error instanceof RequestEventError) {
      deps.metrics.addMetric('RequestEventRefused', MetricUnit.Count, 1);
      deps.metrics.publishStoredMetrics();
    }
    throw error;
  }
}

async function take(deps: Deps, body: string): Promise<void> {
  const { detail } = parseMessage(OutboundRequestedMessageSchema, body);
  const requested = await takeRequest(deps, detail);
  const event = { source: detail.source, eventId: detail.id };
  if (requested.ok) {
    const { id, number, line } = requested.value.call;
    deps.logger.info(logCodes.requestEventTaken, { ...event, callId: id, number: maskNumber(number), line });
    return;
  }
  const { failure } = requested;
  switch (failure.code) {
    case 'number-not-callable':
    case 'time-not-callable':
      // The verdict is on record, and call.refused.v1 tells of it.
      deps.logger.info(logCodes.requestEventTaken, { ...event, callId: failure.callId, refused: true });
      return;
    case 'invalid-request':
      throw new RequestEventError(
        `The event asks for what cannot be: ${failure.errors.map(({ detail }) => detail).join(' ')}`,
      );
    case 'idempotency-key-reused':
      throw new RequestEventError('The event has the source and id of an earlier one and asks for something else.');
    case 'slot-taken':
      throw new RequestEventError('The event asks for a time that is fully booked.');
    case 'request-in-progress':
      throw new Error('The same event is being worked on; it comes again.');
    default:
      throw new Error(`The bus passes no screen, and the event was refused with ${failure.code}.`);
  }
}
