import type { DynamoDBRecord } from 'aws-lambda';
import { keys, readCall } from '../../src/adapters/dynamodb/call-item.ts';
import { changedAtMs, imagesOf, streamHandler } from '../../src/adapters/lambda/batch-handlers.ts';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import type { EventSettings } from '../../src/bus/envelope.ts';
import type { Bus } from '../../src/bus/ports.ts';
import { callEventOf } from '../../src/calls/call-event.ts';
import { logCodes } from '../../src/shared/log-codes.ts';

export interface Deps extends Pick<Observability, 'logger'> {
  readonly bus: Bus;
  readonly settings: EventSettings;
  /** Added to the time of a record: only the local host shifts the stack's clock. Milliseconds. */
  readonly clockOffsetMs: number;
}

export const createHandler = (deps: Deps) =>
  streamHandler(deps.logger, logCodes.callAnnouncingFailed, (record) => announceRecord(deps, record));

async function announceRecord(deps: Deps, record: DynamoDBRecord): Promise<void> {
  const { before, after } = imagesOf(record);
  // Calls leave the table only by their retention time, long after their last event.
  if (!after || after['sk']?.S !== keys.call('').sk) return;
  const atMs = changedAtMs(record, deps.clockOffsetMs);
  const call = readCall(after);
  const event = callEventOf({ call, ...(before && { before: readCall(before) }), atMs }, deps.settings);
  if (!event) return;
  await deps.bus.publish(event);
  deps.logger.info(logCodes.callAnnounced, { callId: call.id, event: event.type, eventId: event.id });
}
