import type { Basis, CallKind, Decision, Purpose } from '../policy/types.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { SlotSpan } from '../slots/slot-grid.ts';

export const openStatuses = ['accepted', 'waiting', 'dialing', 'placed', 'connected', 'unanswered'] as const;
export const finalStatuses = ['completed', 'refused', 'cancelled', 'expired', 'failed'] as const;
export type OpenStatus = (typeof openStatuses)[number];
export type FinalStatus = (typeof finalStatuses)[number];
export type CallStatus = OpenStatus | FinalStatus;

export const attemptStatuses = ['claimed', 'sent', 'placed', 'rejected', 'uncertain', 'absent', 'withdrawn'] as const;
export type AttemptStatus = (typeof attemptStatuses)[number];

/** How a finished call ended, in more detail than its status. */
export type CallOutcome =
  | 'connected'
  | 'unanswered'
  | 'abandoned'
  /** Webex never told; the call was placed for certain. */
  | 'unknown'
  /** Webex does not know the attempt and the line wants a person to decide. */
  | 'handed-over'
  | 'rejected-by-webex'
  | 'cancelled-by-person'
  | 'cancelled-by-operator'
  | 'suppressed'
  | 'not-callable'
  | 'window-over';

/** One intent to phone one number: the aggregate. */
export interface Call {
  readonly id: string;
  /** Grows by one with every change; each write names the version it leaves. */
  readonly version: number;
  readonly status: CallStatus;
  readonly kind: CallKind;
  readonly purpose: Purpose;
  readonly line: string;
  /** E.164. */
  readonly number: string;
  readonly requestedAtMs: EpochMs;
  /** Not to be dialed before. */
  readonly dueAtMs: EpochMs;
  /** Not to be dialed at or after; where none is left before it, the call is `expired`. */
  readonly expiresAtMs: EpochMs;
  /** What the person asked for, where it was not "now". */
  readonly window?: { readonly fromMs: EpochMs; readonly toMs?: EpochMs };
  /**
   * Webex is to place the call in its window, or has the order to; due now then, so that the order goes out at once. Absent where
   * Ringback itself waits for the window.
   */
  readonly heldBy?: 'webex';
  /** What is to become of the order that Webex has. Written before Webex is asked, and gone when its answer is. */
  readonly withdrawal?: Withdrawal;
  /** Until when the preferred agent is waited for. */
  readonly agentUntilMs?: EpochMs;
  /** The slot of the line in which the call has its place; absent where there are no slots, or for a call that is for now. */
  readonly slot?: SlotPlace | undefined;
  /** When the sweep looks at an open call that nothing has moved by then. Absent on finished calls. */
  readonly checkAtMs?: EpochMs;
  /** Attempts claimed so far, absent ones included: the number of the newest attempt. */
  readonly attemptCount: number;
  /** Attempts that reached Webex, the ones that retry rules and caps count. */
  readonly placedCount: number;
  readonly bases: readonly Basis[];
  readonly customer: Customer;
  /** Whether an outdial reaches the person by a recording or an automatic system; absent on callbacks. */
  readonly automated?: boolean;
  /** Flow variables of an outdial. */
  readonly attributes: Readonly<Record<string, string>>;
  /** SHA-256 of the manage token, hex; the token itself is only ever in the answer to the request. */
  readonly manageTokenSha256?: string;
  readonly outcome?: CallOutcome;
  readonly endedAtMs?: EpochMs;
}

export interface SlotPlace extends SlotSpan {
  /** Whether a call was placed on it; a place that was used is not given back. */
  readonly used?: boolean | undefined;
}

export interface Customer {
  readonly name?: string;
  readonly email?: string;
  readonly reason?: string;
  readonly preferredAgent?: string;
  /** IANA zone the browser told. */
  readonly timeZone?: string;
  readonly address?: { readonly country?: string; readonly region?: string; readonly postalCode?: string };
}

/** Why a call is to be taken back from Webex, and what becomes of it then. */
export type WithdrawalPlan =
  | { readonly do: 'cancel'; readonly by: 'person' | 'operator' | 'suppression' }
  /** Ringback holds it from then on: the verdict has changed, or the agent is away. */
  | { readonly do: 'hold' }
  | {
      readonly do: 'move';
      readonly window?: Call['window'];
      readonly expiresAtMs: EpochMs;
      /** The place of the new window in the line's slots, taken with the wish. */
      readonly slot?: SlotPlace | undefined;
    };

export interface Withdrawal {
  readonly askedAtMs: EpochMs;
  readonly plan: WithdrawalPlan;
  /** The order with which Webex is asked to replace the one that it has. */
  readonly order?: AttemptOrder;
  /** The instant that the new order counts for against the caps, beside the one of the old order. */
  readonly countedAtMs?: EpochMs;
  /** The window had begun before Webex could be told. */
  readonly failed?: boolean;
}

/** What a scheduled callback of Webex was ordered with, beside number and name. */
export interface AttemptOrder {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  /** IANA. */
  readonly timeZone: string;
  readonly queueId: string;
  /** User id of the agent, for a personal callback. */
  readonly assigneeAgent?: string;
}

/** One try to have Webex place a call. */
export interface Attempt {
  readonly callId: string;
  /** 1 for the first. */
  readonly ordinal: number;
  /** `<call id>.<ordinal>`; travels to Webex as the configured global variable. */
  readonly id: string;
  readonly status: AttemptStatus;
  readonly claimedAtMs: EpochMs;
  readonly sentAtMs?: EpochMs;
  readonly settledAtMs?: EpochMs;
  readonly taskId?: string;
  /** For an attempt that orders a scheduled callback. */
  readonly order?: AttemptOrder;
  /** Webex's id of the scheduled callback; its task has one of its own. */
  readonly callbackId?: string;
  /** The instant that counts against the caps, where it is not that of the claim: the start of the ordered window. */
  readonly countedAtMs?: EpochMs;
  readonly trackingId?: string;
  /** Webex's words on a rejection, or what made the attempt uncertain or absent. */
  readonly detail?: string;
  readonly outcome?: 'connected' | 'unanswered' | 'abandoned';
}

export const attemptIdOf = (callId: string, ordinal: number): string => `${callId}.${ordinal}`;

export const isFinal = (status: CallStatus): status is FinalStatus =>
  (finalStatuses as readonly string[]).includes(status);

/** The instant under which an attempt is counted against the caps. */
export const countedMs = ({ countedAtMs, claimedAtMs }: Attempt): EpochMs => countedAtMs ?? claimedAtMs;

/** A call with everything on record about it, for an operator. */
export interface CallRecord {
  readonly call: Call;
  readonly attempts: readonly Attempt[];
  readonly decisions: readonly Decision[];
}
