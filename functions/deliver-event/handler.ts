import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { SQSRecord } from 'aws-lambda';
import { EventDeliverySchema } from '../../events/event-delivery/schema.ts';
import { queueHandler } from '../../src/adapters/lambda/batch-handlers.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { parseMessage } from '../../src/adapters/lambda/parse-message.ts';
import { type DeliverEventDeps, deliverEvent } from '../../src/destinations/deliver-event.ts';
import { logCodes } from '../../src/shared/log-codes.ts';

export interface Deps extends DeliverEventDeps, Observability {
  /** Name of the destination whose queue it is. */
  readonly destinationOf: (queueArn: string) => string;
  /** Has the message come again after so many seconds. */
  readonly postpone: (destination: string, receiptHandle: string, seconds: number) => Promise<void>;
}

/** The event stays in the queue and comes again. */
class UndeliveredError extends Error {
  override readonly name = 'UndeliveredError';
}

export const createHandler = (deps: Deps) =>
  queueHandler(deps.logger, logCodes.eventDeliveryFailed, (record) => deliverRecord(deps, record));

async function deliverRecord(deps: Deps, record: SQSRecord): Promise<void> {
  const destination = deps.destinationOf(record.eventSourceARN);
  const { detail } = parseMessage(EventDeliverySchema, record.body);
  const deliveries = Number(record.attributes.ApproximateReceiveCount);
  const delivery = await deliverEvent(deps, destination, detail, deliveries);
  const told = { destination, event: detail.type, eventId: detail.id, deliveries };
  if (delivery.outcome === 'delivered') {
    deps.logger.info(logCodes.eventDelivered, { ...told, status: delivery.status });
    return;
  }
  if (delivery.outcome === 'gone') {
    deps.logger.error(logCodes.destinationGone, told);
    deps.metrics.addMetric('EventDestinationGone', MetricUnit.Count, 1);
    deps.metrics.publishStoredMetrics();
  }
  const { retryInSeconds } = delivery;
  await deps.postpone(destination, record.receiptHandle, retryInSeconds);
  const because = delivery.outcome === 'gone' ? 'wants nothing any more' : delivery.because;
  throw new UndeliveredError(`${destination} ${because}; ${detail.type} comes again in ${retryInSeconds} s.`);
}
