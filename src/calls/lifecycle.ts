import type { Decision } from '../policy/types.ts';
import type { EpochMs } from '../shared/clock.ts';
import { type Attempt, type Call, type CallStatus, attemptIdOf, countedMs } from './call.ts';
import {
  IllegalTransitionError,
  type Next,
  type Step,
  ended,
  graceMs,
  neverReached,
  required,
  reviewMs,
  waitUntil,
} from './lifecycle-parts.ts';
import type { CallEvent, CallEventType } from './lifecycle-event.ts';
import { cancelOutcome, nextOfOrder, orderSteps } from './order-lifecycle.ts';
import { type SlotChange, changeSlots } from './slot-places.ts';

export type { CallEvent, CallEventType } from './lifecycle-event.ts';
export { IllegalTransitionError, graceMs } from './lifecycle-parts.ts';

const waits: readonly CallStatus[] = ['accepted', 'waiting'];

/** The whole state machine as data: `transition` obeys it, `docs/call-lifecycle.md` is drawn from it. */
export const steps: Readonly<Record<CallEventType, Step>> = {
  armed: { from: ['accepted'], to: ['waiting'] },
  deferred: { from: waits, to: ['waiting'] },
  rescheduled: { from: [...waits, 'unanswered'], to: ['waiting'] },
  kept: { from: [...waits, 'placed', 'unanswered'] },
  refused: { from: waits, to: ['refused'] },
  expired: { from: waits, to: ['expired'] },
  cancelled: { from: [...waits, 'unanswered'], to: ['cancelled'] },
  claimed: { from: waits, to: ['dialing'], attempt: { from: [], to: 'claimed' } },
  'marked-sent': { from: ['dialing'], attempt: { from: ['claimed'], to: 'sent' } },
  'not-sent': { from: ['dialing'], to: ['waiting'], attempt: { from: ['claimed', 'sent', 'uncertain'], to: 'absent' } },
  'refused-before-sending': { from: ['dialing'], to: ['refused'], attempt: { from: ['claimed'], to: 'absent' } },
  placed: { from: ['dialing'], to: ['placed'], attempt: { from: ['sent', 'uncertain'], to: 'placed' } },
  rejected: { from: ['dialing'], to: ['failed'], attempt: { from: ['sent', 'uncertain'], to: 'rejected' } },
  'not-answered': { from: ['dialing'], attempt: { from: ['sent'], to: 'uncertain' } },
  'still-uncertain': { from: ['dialing'], attempt: { from: ['uncertain'] } },
  'found-absent': { from: ['dialing'], to: ['waiting', 'failed'], attempt: { from: ['uncertain'], to: 'absent' } },
  answered: { from: ['placed'], to: ['connected'], attempt: { from: ['placed'] } },
  'went-unanswered': { from: ['placed'], to: ['unanswered'], attempt: { from: ['placed'] } },
  retried: { from: ['unanswered'], to: ['waiting'] },
  finished: { from: ['placed', 'connected', 'unanswered'], to: ['completed'] },
  checked: { from: [...waits, 'placed', 'connected', 'unanswered'] },
  ...orderSteps,
};

/** One conditional write: what is left, what is entered, and what must agree with it. */
export interface Change {
  readonly from: { readonly status: CallStatus; readonly version: number };
  readonly call: Call;
  readonly attempt?: { readonly from?: Attempt['status']; readonly next: Attempt };
  readonly decision?: Decision;
  /** The open-call lock of number and line goes with the call's last change. */
  readonly releasesLock: boolean;
  /** The attempt counts against the caps from its claim on; one that never reached Webex is taken off again. */
  readonly capCount?: { readonly add: EpochMs } | { readonly remove: EpochMs; readonly removeToo?: EpochMs };
  /** Places in the line's slots that go with the change. */
  readonly slots?: SlotChange;
  /** The write fails as `suppressed` if the number is on our own list at that very moment. */
  readonly unlessSuppressed: boolean;
}

/**
 * The state machine of calls and attempts. Pure: from a call, its newest attempt and an event to one conditional write.
 * @throws {IllegalTransitionError} where the event does not fit the state.
 */
export function transition(call: Call, attempt: Attempt | undefined, event: CallEvent): Change {
  const next = nextOf(call, attempt, event);
  const { from, to } = steps[event.type];
  if (!from.includes(call.status)) {
    throw new IllegalTransitionError(`A call that is ${call.status} cannot be ${event.type}.`);
  }
  const status = next.call.status ?? call.status;
  if (!(to ?? [call.status]).includes(status)) {
    throw new IllegalTransitionError(`A call cannot become ${status} by being ${event.type}.`);
  }
  const decision = 'decision' in event ? event.decision : undefined;
  const changed = { ...call, ...next.call, version: call.version + 1 };
  const { slot, slots } = changeSlots(call, changed, event);
  return {
    from: { status: call.status, version: call.version },
    call: slot === call.slot ? changed : { ...changed, slot },
    ...(steps[event.type].attempt && { attempt: stepAttempt(call, attempt, event, next.attempt) }),
    ...(decision && { decision }),
    releasesLock: next.call.endedAtMs !== undefined,
    ...(next.capCount && { capCount: next.capCount }),
    ...(slots && { slots }),
    unlessSuppressed: event.type === 'marked-sent' || event.type === 'move-claimed',
  };
}

function nextOf(call: Call, attempt: Attempt | undefined, event: CallEvent): Next {
  switch (event.type) {
    case 'armed':
      return { call: { status: 'waiting' } };
    case 'deferred':
      return { call: { ...waitUntil(event.untilMs), agentUntilMs: event.agentUntilMs } };
    case 'rescheduled':
      return {
        call: {
          ...waitUntil(event.dueAtMs),
          window: event.window,
          expiresAtMs: event.expiresAtMs,
          heldBy: event.heldBy,
          agentUntilMs: undefined,
          withdrawal: undefined,
        },
      };
    case 'kept':
      return { call: {} };
    case 'refused':
      return { call: ended('refused', event.outcome, event.atMs) };
    case 'expired':
      return { call: ended('expired', 'window-over', event.atMs) };
    case 'cancelled':
      return { call: ended('cancelled', cancelOutcome[event.by], event.atMs) };
    case 'claimed':
      return {
        call: {
          status: 'dialing',
          attemptCount: call.attemptCount + 1,
          // A wish that failed was about the order before this one.
          withdrawal: undefined,
          heldBy: event.ordered && 'webex',
          checkAtMs: event.atMs + graceMs.dispatch,
        },
        capCount: { add: event.ordered?.countedAtMs ?? event.atMs },
      };
    case 'marked-sent':
      return { call: { checkAtMs: event.atMs + graceMs.dispatch }, attempt: { sentAtMs: event.atMs } };
    case 'not-sent':
      return { call: waitUntil(event.retryAtMs, call.heldBy), ...neverReached(attempt, event.atMs, event.detail) };
    case 'refused-before-sending':
      return {
        call: ended('refused', 'suppressed', event.atMs),
        ...neverReached(attempt, event.atMs, event.detail),
      };
    case 'placed':
      return {
        call: {
          status: 'placed',
          placedCount: call.placedCount + 1,
          checkAtMs:
            event.callbackId !== undefined && attempt?.order
              ? reviewMs(attempt.order, event.atMs)
              : event.atMs + graceMs.firstOutcomeCheck,
        },
        attempt: {
          settledAtMs: event.atMs,
          taskId: event.taskId,
          callbackId: event.callbackId,
          trackingId: event.trackingId ?? attempt?.trackingId,
        },
      };
    case 'rejected':
      return {
        call: ended('failed', 'rejected-by-webex', event.atMs),
        attempt: {
          settledAtMs: event.atMs,
          detail: event.detail,
          trackingId: event.trackingId ?? attempt?.trackingId,
        },
        capCount: { remove: countedMs(required(attempt)) },
      };
    case 'not-answered':
      return {
        call: { checkAtMs: event.checkAtMs },
        attempt: { detail: event.detail, trackingId: event.trackingId },
      };
    case 'still-uncertain':
    case 'checked':
      return { call: { checkAtMs: event.checkAtMs } };
    case 'found-absent':
      return {
        call:
          event.next.do === 'send-again'
            ? waitUntil(event.next.atMs, call.heldBy)
            : ended('failed', 'handed-over', event.atMs),
        ...neverReached(attempt, event.atMs, 'Webex does not know the attempt.'),
      };
    case 'answered':
      return {
        call: { status: 'connected', checkAtMs: event.checkAtMs },
        attempt: { outcome: 'connected', ...(event.taskId && { taskId: event.taskId }) },
      };
    case 'went-unanswered':
      return {
        call: { status: 'unanswered', checkAtMs: event.atMs },
        attempt: { outcome: event.outcome, ...(event.taskId && { taskId: event.taskId }) },
      };
    case 'retried':
      return { call: waitUntil(event.dueAtMs) };
    case 'finished':
      return { call: ended('completed', event.outcome, event.atMs) };
    default:
      return nextOfOrder(call, attempt, event);
  }
}

function stepAttempt(
  call: Call,
  attempt: Attempt | undefined,
  event: CallEvent,
  next: Partial<Attempt> = {},
): NonNullable<Change['attempt']> {
  if (event.type === 'claimed') {
    const ordinal = call.attemptCount + 1;
    return {
      next: {
        callId: call.id,
        ordinal,
        id: attemptIdOf(call.id, ordinal),
        status: 'claimed',
        claimedAtMs: event.atMs,
        ...event.ordered,
      },
    };
  }
  const step = steps[event.type].attempt;
  if (!attempt || !step?.from.includes(attempt.status)) {
    throw new IllegalTransitionError(`An attempt that is ${attempt?.status ?? 'missing'} cannot be ${event.type}.`);
  }
  return { from: attempt.status, next: { ...attempt, ...next, ...(step.to && { status: step.to }) } };
}
