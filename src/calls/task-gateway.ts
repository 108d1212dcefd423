import type { CallKind } from '../policy/types.ts';
import type { EpochMs } from '../shared/clock.ts';

/** What an attempt asks of Webex. The attempt id travels as the attribute named in the settings. */
export interface TaskRequest {
  readonly attemptId: string;
  /** Callbacks go before outdials where the request budget is short. */
  readonly kind: CallKind;
  readonly type: 'CALLBACK' | 'EXECUTE_FLOW';
  /** E.164. */
  readonly destination: string;
  readonly entryPointId: string;
  /** Outdial ANI, E.164; required for EXECUTE_FLOW. */
  readonly origin?: string;
  /** At most 30 pairs with the attempt's own; key at most 200 bytes, value at most 1024 bytes (Webex Create Task). */
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * What is known after asking for a task.
 * `uncertain` means that Webex may or may not have created it: it must be looked up before anything is sent again.
 */
export type TaskAnswer =
  | { readonly outcome: 'placed'; readonly taskId: string; readonly trackingId?: string }
  /** `status` is absent where the request breaks one of Webex's limits and was refused here, before sending. */
  | { readonly outcome: 'rejected'; readonly status?: number; readonly words: string; readonly trackingId?: string }
  | { readonly outcome: 'throttled'; readonly retryAfterMs: number; readonly trackingId?: string }
  /**
   * Nothing was processed: no connection, no token, breaker open, no budget, the deadline had passed, or Webex answered 401
   * even to a fresh token. Safe to send later.
   */
  | { readonly outcome: 'unsent'; readonly cause: string; readonly retryAfterMs: number }
  | { readonly outcome: 'uncertain'; readonly cause: string; readonly trackingId?: string };

/** A task as Webex's Search shows it. */
export interface TaskSighting {
  readonly taskId: string;
  readonly createdAtMs: EpochMs;
  readonly attemptId?: string;
  readonly outcome: 'pending' | 'connected' | 'unanswered' | 'abandoned';
  readonly endedAtMs?: EpochMs;
}

export interface TaskLookup {
  readonly attemptId: string;
  readonly taskId?: string;
  /** E.164. */
  readonly number: string;
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  /** A task that bears no attempt's id may be this one's if it was created then and can be of the type; any other is another call's. */
  readonly unmarked: {
    readonly fromMs: EpochMs;
    readonly toMs: EpochMs;
    /** Undefined where the line is gone from the settings. */
    readonly type: TaskRequest['type'] | undefined;
  };
}

/** Webex's tasks, as the ledger sees them. Filled by `src/adapters/webex` and by the simulation. */
export interface TaskGateway {
  /**
   * Asks for one task, once. A 401 is answered by one refresh through the rotation and one repeat of the same attempt,
   * because 401 is a definite "not processed". Never repeats anything whose result is unknown.
   * @param deadlineMs nothing may leave after this instant.
   */
  createTask(request: TaskRequest, deadlineMs: EpochMs): Promise<TaskAnswer>;
  /** Throws where Search cannot be read: absence is only ever concluded from an answer. */
  findTask(lookup: TaskLookup): Promise<TaskSighting | undefined>;
}
