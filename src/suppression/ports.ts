import type { NumberSuppressed } from '../../events/number-suppressed/schema.ts';
import type { EpochMs } from '../shared/clock.ts';

/** An entry that forbids calling a number. */
export interface Suppression {
  /** E.164. */
  readonly number: string;
  /** `internal` is ours; other lists are looked up where they live. */
  readonly list: string;
  readonly reason: string;
  readonly source: string;
  /** Operator or system that added the entry. */
  readonly addedBy: string;
  readonly addedAtMs: EpochMs;
}

/** Our own do-not-call list. */
export interface SuppressionStore {
  /** Strongly consistent. Throws where the list cannot be read; a caller never takes that for "not listed". */
  find(number: string): Promise<Suppression | undefined>;
  /** Adds an entry; the first entry stays if there is one already. */
  add(entry: Suppression): Promise<{ readonly added: boolean; readonly entry: Suppression }>;
  /** Removes the entry and keeps it, with the reason for its removal, as history. */
  remove(number: string, removal: { reason: string; removedBy: string; removedAtMs: EpochMs }): Promise<boolean>;
}

/** A do-not-call list that Webex keeps. A missing list and a missing number answer alike, so the list is probed first. */
export interface WebexDncList {
  readonly name: string;
  lookUp(number: string): Promise<'listed' | 'clear' | 'unreadable'>;
  add(number: string, entry: { source: string; reason: string }): Promise<void>;
  remove(number: string): Promise<void>;
}

/** Has Webex told of a change of our list, later and again until it worked. */
export interface WebexSuppressionQueue {
  send(number: string): Promise<void>;
}

/** Webex's own scheduled callbacks, as far as a suppression concerns them. */
export interface ScheduledCallbacks {
  /** Deletes all that lie ahead for a number. @returns how many. */
  deleteAll(number: string): Promise<number>;
}

/** Tells other systems. */
export interface SuppressionBus {
  numberSuppressed(event: NumberSuppressed): Promise<void>;
}
