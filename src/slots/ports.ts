import type { EpochMs } from '../shared/clock.ts';

/** How many calls have their place in each slot of a line. */
export interface SlotCounts {
  /** By the slot's start; a slot that nobody booked is left out. A moment old at most: booking itself decides. */
  read(line: string, startsMs: readonly EpochMs[]): Promise<ReadonlyMap<EpochMs, number>>;
}
