import type { EpochMs } from '../shared/clock.ts';
import type { TaskAnswer } from './task-gateway.ts';

/** A scheduled callback as Webex is asked for it. */
export interface CallbackOrder {
  /** E.164 of at most 15 characters, plus sign included: a longer one has no place in Webex's field. */
  readonly number: string;
  /** 1 to 250 characters. */
  readonly customerName: string;
  readonly queueId: string;
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  /** IANA. */
  readonly timeZone: string;
  readonly reason?: string;
  /** The agent's user id: makes it a personal callback. */
  readonly assigneeAgent?: string;
}

/** What is known after asking Webex to change or delete a scheduled callback. */
export type OrderChange =
  | { readonly outcome: 'done' }
  /** Webex does not have it: deleted before, or its window has begun. */
  | { readonly outcome: 'not-there' }
  | { readonly outcome: 'refused'; readonly words: string }
  /** Perhaps done, perhaps not; asking again is safe. */
  | { readonly outcome: 'unknown'; readonly retryAfterMs: number };

/** Webex's scheduled callbacks, as the ledger sees them. Filled by `src/adapters/webex`. */
export interface OrderGateway {
  /**
   * Orders once, and never repeats anything whose result is unknown. The `taskId` of the answer is the callback's id.
   * @param deadlineMs nothing may leave after this instant.
   */
  place(order: CallbackOrder, deadlineMs: EpochMs): Promise<TaskAnswer>;
  /**
   * The id of the callback that an order made. Throws where Webex cannot be read: absence is only ever concluded from an answer.
   * @param sentAtMs when the order left.
   */
  find(order: CallbackOrder, sentAtMs: EpochMs): Promise<string | undefined>;
  /** Whether Webex still has a callback; `unknown` where it does not tell. */
  look(callbackId: string): Promise<'there' | 'gone' | 'unknown'>;
  /** Puts the order in the place of the one that the callback was made by. */
  move(callbackId: string, order: CallbackOrder): Promise<OrderChange>;
  remove(callbackId: string): Promise<OrderChange>;
}

/** What agents are doing. */
export interface AgentStates {
  /** @param userId UUID. `away` is logged out; `busy` everything between. Throws where Webex cannot be read. */
  read(userId: string): Promise<'available' | 'busy' | 'away'>;
}
