import type { Decision, EmergencyBan, ListFact } from '../policy/types.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { Attempt, Call, CallRecord } from './call.ts';
import type { SlotBooking } from '../slots/ports.ts';
import type { Change } from './lifecycle.ts';

/** The attempts to one number over all calls and lines, with the version that a claim must still find. */
export interface AttemptLog {
  readonly number: string;
  /** Ascending; only as far back as the longest cap reaches. */
  readonly attemptsMs: readonly EpochMs[];
  readonly version: number;
}

/** The answer that an `Idempotency-Key` repeats. */
export interface IdempotentRequest {
  /** SHA-256 of the key, hex: the key itself unlocks the manage link and is never stored. */
  readonly keySha256: string;
  /** SHA-256 of the request, hex: the same key with another request is refused. */
  readonly requestSha256: string;
  /** Random; with the key it gives the manage token again. */
  readonly tokenSalt: string;
  readonly expiresAtMs: EpochMs;
}

export type AcceptOutcome =
  | { readonly outcome: 'accepted' }
  /** There is an open call for number and line already. */
  | { readonly outcome: 'open'; readonly callId: string }
  /** The slot of the booking is full; nothing was written. */
  | { readonly outcome: 'slot-taken' }
  /** The idempotency key was used a moment ago by a request running at the same time. */
  | { readonly outcome: 'key-used' };

export type CommitOutcome = 'committed' | 'conflict' | 'suppressed' | 'cap-moved' | 'slot-taken';

/** The ledger. All reads are strongly consistent except `findByNumber` and `due`, which read indexes. */
export interface CallStore {
  /**
   * Writes call, lock, decision, idempotency record and the place in a slot in one transaction. A call that is refused at
   * once takes no lock and no place.
   */
  accept(call: Call, decision: Decision, request?: IdempotentRequest, booking?: SlotBooking): Promise<AcceptOutcome>;
  /**
   * Writes one change in one transaction, on condition that call and attempt are still as the change left them.
   * @param attemptLog required where the change adds to the cap count: its version must still hold.
   */
  commit(change: Change, attemptLog?: AttemptLog): Promise<CommitOutcome>;
  get(callId: string): Promise<{ readonly call: Call; readonly attempt?: Attempt } | undefined>;
  record(callId: string): Promise<CallRecord | undefined>;
  /** Newest first, at most `limit`; an index, so a call of the last second may be missing. */
  findByNumber(number: string, limit: number): Promise<readonly Call[]>;
  /** Ids of the open calls of a number, one a line at most, by consistent reads of the locks. */
  openCallIds(number: string, lines: readonly string[]): Promise<readonly string[]>;
  /** Ids of open calls whose `checkAtMs` has passed, oldest first, at most `limit`. */
  due(atMs: EpochMs, limit: number): Promise<readonly string[]>;
}

/** The facts of a verdict that change from moment to moment, read in one go and strongly consistent. */
export interface DialFactsReader {
  /**
   * Throws where the store cannot be reached at all.
   * A list that cannot be read is told as `unreadable`, which the policy never takes for clear.
   * @param call the call as it is weighed: the lists to ask and the slot to look at depend on it.
   */
  read(
    number: string,
    moment: 'request' | 'dispatch',
    call?: Call,
  ): Promise<{
    readonly lists: readonly ListFact[];
    readonly attemptLog: AttemptLog;
    readonly bans: readonly EmergencyBan[] | 'unreadable';
    /** Calls that have a place in the slot of a call at its request; absent where it has none. */
    readonly slotTaken?: number;
  }>;
}

/** What each `Idempotency-Key` was answered. */
export interface IdempotencyRecords {
  find(keySha256: string): Promise<(IdempotentRequest & { readonly callId: string }) | undefined>;
  /**
   * Keeps the answer to a request that led to a call which was open already.
   * @returns `key-used` where the key has an answer that still holds at `nowMs`; nothing is kept then.
   */
  remember(request: IdempotentRequest, callId: string, nowMs: EpochMs): Promise<'remembered' | 'key-used'>;
}

/** Where a due call goes: at once to the dispatch queue. */
export interface DispatchQueue {
  /** @param delaySeconds at most 900, SQS's own limit. */
  send(callId: string, delaySeconds: number): Promise<void>;
}

/** One timer a call. */
export interface CallTimers {
  /** Sets the timer of a call, or moves it. */
  set(callId: string, atMs: EpochMs): Promise<void>;
  /** Removes it; one that is not there is fine. */
  clear(callId: string): Promise<void>;
}
