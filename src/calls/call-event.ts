import type { CallEvent, CallEventName } from '../../events/call-event/schema.ts';
import { type EventSettings, envelope, eventNumber } from '../bus/envelope.ts';
import type { EpochMs } from '../shared/clock.ts';
import { type Call, type CallStatus, isFinal } from './call.ts';

/** One change of a call, as the stream of its table tells it. */
export interface CallChange {
  readonly call: Call;
  /** Absent where the call is new. */
  readonly before?: Call;
  readonly atMs: EpochMs;
}

/**
 * What a change is to others; undefined where it is nobody else's business, such as a timer that was set. One version of a call is
 * at most one event, so its id is made of both and a change that the stream tells twice gives the same event twice.
 */
export function callEventOf({ call, before, atMs }: CallChange, settings: EventSettings): CallEvent | undefined {
  const type = typeOf(call, before);
  if (!type) return undefined;
  const { id, version } = call;
  return envelope(settings, {
    id: `${id}-v${version}`,
    type,
    atMs,
    subject: id,
    data: { ...dataOf(call, settings), ...(isFinal(call.status) && endOf(call)) },
    // The type and the end agree by the call's status; the schema holds both to it where samples and events are checked.
  }) as CallEvent;
}

function typeOf(call: Call, before: Call | undefined): CallEventName | undefined {
  if (!before) return call.status === 'refused' ? 'call.refused.v1' : 'call.requested.v1';
  if (call.status === 'waiting') return isMoved(call, before) ? 'call.deferred.v1' : undefined;
  return call.status === before.status ? undefined : typeByStatus[call.status];
}

/** A call that only got its timer waits for what it waited for before. */
const isMoved = (call: Call, before: Call): boolean =>
  before.status === 'dialing' ||
  before.status === 'unanswered' ||
  call.dueAtMs !== before.dueAtMs ||
  call.expiresAtMs !== before.expiresAtMs;

const typeByStatus: Readonly<Partial<Record<CallStatus, CallEventName>>> = {
  placed: 'call.placed.v1',
  connected: 'call.connected.v1',
  unanswered: 'call.unanswered.v1',
  completed: 'call.completed.v1',
  refused: 'call.refused.v1',
  cancelled: 'call.cancelled.v1',
  expired: 'call.expired.v1',
  failed: 'call.failed.v1',
};

const dataOf = (call: Call, settings: EventSettings) => ({
  id: call.id,
  version: call.version,
  kind: call.kind,
  purpose: call.purpose,
  line: call.line,
  number: eventNumber(call.number, settings),
  requestedAt: instant(call.requestedAtMs),
  callAfter: instant(call.dueAtMs),
  expiresAt: instant(call.expiresAtMs),
  attempts: call.attemptCount,
  placed: call.placedCount,
});

const endOf = ({ outcome, endedAtMs }: Call) => ({
  outcome: outcome ?? 'unknown',
  ...(endedAtMs !== undefined && { endedAt: instant(endedAtMs) }),
});

const instant = (atMs: EpochMs): string => new Date(atMs).toISOString();
