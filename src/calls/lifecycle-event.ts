import type { Decision } from '../policy/types.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { SlotBooking } from '../slots/ports.ts';
import type { AttemptOrder, Call, CallOutcome } from './call.ts';
import type { OrderEvent } from './order-lifecycle.ts';

/** What can happen to a call. One event is one conditional write. */
export type CallEvent =
  | OrderEvent
  | { readonly type: 'armed'; readonly atMs: EpochMs }
  | {
      readonly type: 'deferred';
      readonly atMs: EpochMs;
      readonly untilMs: EpochMs;
      readonly decision?: Decision;
      /** Set where it is the preferred agent who is waited for. */
      readonly agentUntilMs?: EpochMs;
    }
  | {
      readonly type: 'rescheduled';
      readonly atMs: EpochMs;
      readonly dueAtMs: EpochMs;
      readonly window?: Call['window'];
      /** Where the new plan is a slot of the line. */
      readonly booking?: SlotBooking;
      readonly expiresAtMs: EpochMs;
      readonly decision: Decision;
      /** The new window is to be handed to Webex. */
      readonly heldBy?: 'webex';
    }
  /** A change was asked for that may not be: the plan stays, the verdict is on record. */
  | { readonly type: 'kept'; readonly atMs: EpochMs; readonly decision: Decision }
  | {
      readonly type: 'refused';
      readonly atMs: EpochMs;
      readonly outcome: 'suppressed' | 'not-callable';
      readonly decision?: Decision;
    }
  | { readonly type: 'expired'; readonly atMs: EpochMs; readonly decision?: Decision }
  | { readonly type: 'cancelled'; readonly atMs: EpochMs; readonly by: 'person' | 'operator' | 'suppression' }
  | {
      readonly type: 'claimed';
      readonly atMs: EpochMs;
      readonly decision: Decision;
      /** For an attempt that orders a scheduled callback, with the instant that counts against the caps. */
      readonly ordered?: { readonly order: AttemptOrder; readonly countedAtMs: EpochMs };
    }
  | { readonly type: 'marked-sent'; readonly atMs: EpochMs }
  | { readonly type: 'not-sent'; readonly atMs: EpochMs; readonly retryAtMs: EpochMs; readonly detail: string }
  | { readonly type: 'refused-before-sending'; readonly atMs: EpochMs; readonly detail: string }
  | {
      readonly type: 'placed';
      readonly atMs: EpochMs;
      /** One of the two: a task, or a scheduled callback that waits for its window. */
      readonly taskId?: string;
      readonly callbackId?: string;
      readonly trackingId?: string;
    }
  | { readonly type: 'rejected'; readonly atMs: EpochMs; readonly detail: string; readonly trackingId?: string }
  | {
      readonly type: 'not-answered';
      readonly atMs: EpochMs;
      readonly detail: string;
      readonly trackingId?: string;
      readonly checkAtMs: EpochMs;
    }
  | { readonly type: 'still-uncertain'; readonly atMs: EpochMs; readonly checkAtMs: EpochMs }
  | {
      readonly type: 'found-absent';
      readonly atMs: EpochMs;
      readonly next: { readonly do: 'send-again'; readonly atMs: EpochMs } | { readonly do: 'hand-over' };
    }
  | { readonly type: 'answered'; readonly atMs: EpochMs; readonly checkAtMs: EpochMs; readonly taskId?: string }
  | {
      readonly type: 'went-unanswered';
      readonly atMs: EpochMs;
      readonly outcome: 'unanswered' | 'abandoned';
      readonly taskId?: string;
    }
  | { readonly type: 'retried'; readonly atMs: EpochMs; readonly dueAtMs: EpochMs }
  | { readonly type: 'finished'; readonly atMs: EpochMs; readonly outcome: CallOutcome }
  | { readonly type: 'checked'; readonly atMs: EpochMs; readonly checkAtMs: EpochMs };

export type CallEventType = CallEvent['type'];
