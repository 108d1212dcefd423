import type { Basis, CallKind, Decision, Purpose } from '../policy/types.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { SlotSpan } from '../slots/slot-grid.ts';

export const openStatuses = ['accepted', 'waiting', 'dialing', 'placed', 'connected', 'unanswered'] as const;
export const finalStatuses = ['completed', 'refused', 'cancelled', 'expired', 'failed'] as const;
export type OpenStatus = (typeof openStatuses)[number];
export type FinalStatus = (typeof finalStatuses)[number];
export type CallStatus = OpenStatus | FinalStatus;

export type AttemptStatus = 'claimed' | 'sent' | 'placed' | 'rejected' | 'uncertain' | 'absent';

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
  readonly trackingId?: string;
  /** Webex's words on a rejection, or what made the attempt uncertain or absent. */
  readonly detail?: string;
  readonly outcome?: 'connected' | 'unanswered' | 'abandoned';
}

export const attemptIdOf = (callId: string, ordinal: number): string => `${callId}.${ordinal}`;

export const isFinal = (status: CallStatus): status is FinalStatus =>
  (finalStatuses as readonly string[]).includes(status);

/** A call with everything on record about it, for an operator. */
export interface CallRecord {
  readonly call: Call;
  readonly attempts: readonly Attempt[];
  readonly decisions: readonly Decision[];
}
