import type { EpochMs } from '../shared/clock.ts';
import type { SlotSpan } from './slot-grid.ts';

/** A slot that a call is to have a place in. */
export interface SlotBooking extends SlotSpan {
  /** Calls that the slot takes, by the settings of now. */
  readonly capacity: number;
}

/** How many calls have their place in each slot of a line. */
export interface SlotCounts {
  /** By the slot's start; a slot that nobody booked is left out. A moment old at most: booking itself decides. */
  read(line: string, startsMs: readonly EpochMs[]): Promise<ReadonlyMap<EpochMs, number>>;
}
