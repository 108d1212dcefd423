import type { EpochMs } from '../shared/clock.ts';
import type { Counted, Counter } from './velocity.ts';

/** Counts requests. Throws where the counters cannot be reached. */
export interface RequestCounters {
  /** Adds one to each and tells what they hold then, in their order; all in one round trip. */
  add(counters: readonly Counter[], atMs: EpochMs): Promise<readonly Counted[]>;
}

/** Told what the screen does, a metric for each rule. */
export interface ScreenObserver {
  refused(code: string): void;
  /** A cap of the day is at 80 %. */
  nearlyFull(code: string): void;
  unavailable(error: unknown): void;
}
