import type { EpochMs } from '../shared/clock.ts';
import {
  type Attempt,
  type AttemptOrder,
  type AttemptStatus,
  type Call,
  type CallOutcome,
  type CallStatus,
  countedMs,
} from './call.ts';

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

/** How long before its window a call that Webex holds is weighed again. */
export const reviewLeadMs = 600_000;

/** When an order is looked at next: right before its window, and at once where that is near already. */
export const reviewMs = ({ fromMs }: AttemptOrder, nowMs: EpochMs): EpochMs => Math.max(nowMs, fromMs - reviewLeadMs);

/** The statuses that an event leaves, and the ones it may enter; without `to` the status stays. */
export interface Step {
  readonly from: readonly CallStatus[];
  readonly to?: readonly CallStatus[];
  readonly attempt?: { readonly from: readonly AttemptStatus[]; readonly to?: AttemptStatus };
}

/** What an event makes of a call and its newest attempt. */
export interface Next {
  readonly call: Partial<Call>;
  readonly attempt?: Partial<Attempt>;
  readonly capCount?: { readonly add: EpochMs } | { readonly remove: EpochMs; readonly removeToo?: EpochMs };
}

export const waitUntil = (dueAtMs: EpochMs, heldBy?: Call['heldBy']): Partial<Call> => ({
  status: 'waiting',
  dueAtMs,
  heldBy,
  checkAtMs: dueAtMs + graceMs.timer,
});

export const ended = (status: CallStatus, outcome: CallOutcome, atMs: EpochMs): Partial<Call> => ({
  status,
  outcome,
  endedAtMs: atMs,
  checkAtMs: undefined,
});

export const neverReached = (attempt: Attempt | undefined, atMs: EpochMs, detail: string): Omit<Next, 'call'> => ({
  attempt: { settledAtMs: atMs, detail },
  capCount: { remove: countedMs(required(attempt)) },
});

/** @throws {IllegalTransitionError} where there is no attempt to settle. */
export function required(attempt: Attempt | undefined): Attempt {
  if (!attempt) throw new IllegalTransitionError('A call without an attempt has nothing to settle.');
  return attempt;
}
