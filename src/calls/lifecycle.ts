import type { Decision } from '../policy/types.ts';
import type { EpochMs } from '../shared/clock.ts';
import { type Attempt, type Call, type CallOutcome, type CallStatus, attemptIdOf } from './call.ts';

/** What can happen to a call. One event is one conditional write. */
export type CallEvent =
  | { readonly type: 'armed'; readonly atMs: EpochMs }
  | { readonly type: 'deferred'; readonly atMs: EpochMs; readonly untilMs: EpochMs; readonly decision?: Decision }
  | {
      readonly type: 'rescheduled';
      readonly atMs: EpochMs;
      readonly dueAtMs: EpochMs;
      readonly window?: Call['window'];
      readonly expiresAtMs: EpochMs;
      readonly decision: Decision;
    }
  | {
      readonly type: 'refused';
      readonly atMs: EpochMs;
      readonly outcome: 'suppressed' | 'not-callable';
      readonly decision?: Decision;
    }
  | { readonly type: 'expired'; readonly atMs: EpochMs; readonly decision?: Decision }
  | { readonly type: 'cancelled'; readonly atMs: EpochMs; readonly by: 'person' | 'operator' | 'suppression' }
  | { readonly type: 'claimed'; readonly atMs: EpochMs; readonly decision: Decision }
  | { readonly type: 'marked-sent'; readonly atMs: EpochMs }
  | { readonly type: 'not-sent'; readonly atMs: EpochMs; readonly retryAtMs: EpochMs; readonly detail: string }
  | { readonly type: 'refused-before-sending'; readonly atMs: EpochMs; readonly detail: string }
  | { readonly type: 'placed'; readonly atMs: EpochMs; readonly taskId: string; readonly trackingId?: string }
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
      readonly then: { readonly do: 'send-again'; readonly atMs: EpochMs } | { readonly do: 'hand-over' };
    }
  | { readonly type: 'answered'; readonly atMs: EpochMs; readonly checkAtMs: EpochMs }
  | { readonly type: 'went-unanswered'; readonly atMs: EpochMs; readonly outcome: 'unanswered' | 'abandoned' }
  | { readonly type: 'retried'; readonly atMs: EpochMs; readonly dueAtMs: EpochMs }
  | { readonly type: 'finished'; readonly atMs: EpochMs; readonly outcome: CallOutcome }
  | { readonly type: 'checked'; readonly atMs: EpochMs; readonly checkAtMs: EpochMs };

/** One conditional write: what is left, what is entered, and what must agree with it. */
export interface Change {
  readonly from: { readonly status: CallStatus; readonly version: number };
  readonly call: Call;
  readonly attempt?: { readonly from?: Attempt['status']; readonly next: Attempt };
  readonly decision?: Decision;
  /** The open-call lock of number and line goes with the call's last change. */
  readonly releasesLock: boolean;
  /** The attempt counts against the caps from its claim on; one that never reached Webex is taken off again. */
  readonly capCount?: { readonly add: EpochMs } | { readonly remove: EpochMs };
  /** The write fails as `suppressed` if the number is on our own list at that very moment. */
  readonly unlessSuppressed: boolean;
}

/** An event that the state of the call does not allow: a caller read an old version, or has a bug. */
export class IllegalTransitionError extends Error {
  override readonly name = 'IllegalTransitionError';
  readonly code = 'illegal-transition';
}

/**
 * How long nothing may move a call before the sweep looks at it. The figures leave the normal path ample time:
 * a timer or a queue message is at most a minute late, a dispatch is over within its function's time limit of 30 s.
 */
export const graceMs = { timer: 90_000, dispatch: 60_000, firstOutcomeCheck: 60_000 } as const;

/**
 * The state machine of calls and attempts. Pure: from a call, its newest attempt and an event to one conditional write.
 * @throws {IllegalTransitionError} where the event does not fit the state.
 */
export function transition(call: Call, attempt: Attempt | undefined, event: CallEvent): Change {
  switch (event.type) {
    case 'armed':
      return change(call, ['accepted'], { status: 'waiting' });
    case 'deferred':
      return change(call, ['accepted', 'waiting'], waitUntil(event.untilMs), { decision: event.decision });
    case 'rescheduled':
      return change(
        call,
        ['accepted', 'waiting'],
        { ...waitUntil(event.dueAtMs), window: event.window, expiresAtMs: event.expiresAtMs },
        { decision: event.decision },
      );
    case 'refused':
      return change(call, ['accepted', 'waiting'], ended('refused', event.outcome, event.atMs), {
        decision: event.decision,
      });
    case 'expired':
      return change(call, ['accepted', 'waiting'], ended('expired', 'window-over', event.atMs), {
        decision: event.decision,
      });
    case 'cancelled':
      return change(call, ['accepted', 'waiting'], ended('cancelled', cancelOutcome[event.by], event.atMs));
    case 'claimed':
      return claim(call, event.atMs, event.decision);
    case 'marked-sent':
      return {
        ...change(call, ['dialing'], { checkAtMs: event.atMs + graceMs.dispatch }),
        attempt: step(attempt, ['claimed'], { status: 'sent', sentAtMs: event.atMs }),
        unlessSuppressed: true,
      };
    case 'not-sent':
      return {
        ...change(call, ['dialing'], waitUntil(event.retryAtMs)),
        attempt: step(attempt, ['claimed', 'sent'], {
          status: 'absent',
          settledAtMs: event.atMs,
          detail: event.detail,
        }),
        capCount: { remove: claimedAt(attempt) },
      };
    case 'refused-before-sending':
      return {
        ...change(call, ['dialing'], ended('refused', 'suppressed', event.atMs)),
        attempt: step(attempt, ['claimed'], { status: 'absent', settledAtMs: event.atMs, detail: event.detail }),
        capCount: { remove: claimedAt(attempt) },
      };
    case 'placed':
      return {
        ...change(call, ['dialing'], {
          status: 'placed',
          placedCount: call.placedCount + 1,
          checkAtMs: event.atMs + graceMs.firstOutcomeCheck,
        }),
        attempt: step(attempt, ['sent', 'uncertain'], {
          status: 'placed',
          settledAtMs: event.atMs,
          taskId: event.taskId,
          trackingId: event.trackingId ?? attempt?.trackingId,
        }),
      };
    case 'rejected':
      return {
        ...change(call, ['dialing'], ended('failed', 'rejected-by-webex', event.atMs)),
        attempt: step(attempt, ['sent'], {
          status: 'rejected',
          settledAtMs: event.atMs,
          detail: event.detail,
          trackingId: event.trackingId,
        }),
        capCount: { remove: claimedAt(attempt) },
      };
    case 'not-answered':
      return {
        ...change(call, ['dialing'], { checkAtMs: event.checkAtMs }),
        attempt: step(attempt, ['sent'], { status: 'uncertain', detail: event.detail, trackingId: event.trackingId }),
      };
    case 'still-uncertain':
      return {
        ...change(call, ['dialing'], { checkAtMs: event.checkAtMs }),
        attempt: step(attempt, ['uncertain'], {}),
      };
    case 'found-absent':
      return {
        ...change(
          call,
          ['dialing'],
          event.then.do === 'send-again' ? waitUntil(event.then.atMs) : ended('failed', 'handed-over', event.atMs),
        ),
        attempt: step(attempt, ['uncertain'], {
          status: 'absent',
          settledAtMs: event.atMs,
          detail: 'Webex does not know the attempt.',
        }),
        capCount: { remove: claimedAt(attempt) },
      };
    case 'answered':
      return {
        ...change(call, ['placed'], { status: 'connected', checkAtMs: event.checkAtMs }),
        attempt: step(attempt, ['placed'], { outcome: 'connected' }),
      };
    case 'went-unanswered':
      return {
        ...change(call, ['placed'], { status: 'unanswered', checkAtMs: event.atMs }),
        attempt: step(attempt, ['placed'], { outcome: event.outcome }),
      };
    case 'retried':
      return change(call, ['unanswered'], waitUntil(event.dueAtMs));
    case 'finished':
      return change(call, ['placed', 'connected', 'unanswered'], ended('completed', event.outcome, event.atMs));
    case 'checked':
      return change(call, ['accepted', 'waiting', 'placed', 'connected', 'unanswered'], { checkAtMs: event.checkAtMs });
  }
}

const cancelOutcome = {
  person: 'cancelled-by-person',
  operator: 'cancelled-by-operator',
  suppression: 'suppressed',
} as const;

function claim(call: Call, atMs: EpochMs, decision: Decision): Change {
  const ordinal = call.attemptCount + 1;
  return {
    ...change(
      call,
      ['accepted', 'waiting'],
      { status: 'dialing', attemptCount: ordinal, checkAtMs: atMs + graceMs.dispatch },
      { decision },
    ),
    attempt: {
      next: { callId: call.id, ordinal, id: attemptIdOf(call.id, ordinal), status: 'claimed', claimedAtMs: atMs },
    },
    capCount: { add: atMs },
  };
}

const waitUntil = (dueAtMs: EpochMs): Partial<Call> => ({
  status: 'waiting',
  dueAtMs,
  checkAtMs: dueAtMs + graceMs.timer,
});

const ended = (status: CallStatus, outcome: CallOutcome, atMs: EpochMs): Partial<Call> => ({
  status,
  outcome,
  endedAtMs: atMs,
  checkAtMs: undefined,
});

function change(
  call: Call,
  allowed: readonly CallStatus[],
  next: Partial<Call>,
  extra?: { decision?: Decision | undefined },
): Change {
  if (!allowed.includes(call.status)) {
    throw new IllegalTransitionError(
      `A call that is ${call.status} cannot take a step that leaves ${allowed.join(' or ')}.`,
    );
  }
  return {
    from: { status: call.status, version: call.version },
    call: { ...call, ...next, version: call.version + 1 },
    releasesLock: next.endedAtMs !== undefined,
    unlessSuppressed: false,
    ...(extra?.decision && { decision: extra.decision }),
  };
}

function step(
  attempt: Attempt | undefined,
  allowed: readonly Attempt['status'][],
  next: Partial<Attempt>,
): NonNullable<Change['attempt']> {
  if (!attempt || !allowed.includes(attempt.status)) {
    throw new IllegalTransitionError(
      `An attempt that is ${attempt?.status ?? 'missing'} cannot take a step that leaves ${allowed.join(' or ')}.`,
    );
  }
  return { from: attempt.status, next: { ...attempt, ...next } };
}

function claimedAt(attempt: Attempt | undefined): EpochMs {
  if (!attempt) throw new IllegalTransitionError('A call without an attempt has nothing to settle.');
  return attempt.claimedAtMs;
}
