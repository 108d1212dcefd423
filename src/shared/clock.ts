/** Milliseconds since the Unix epoch. Every name that holds one ends in `Ms`. */
export type EpochMs = number;

/** Time as a port, so that tests and the simulation own it. */
export interface Clock {
  nowMs(): EpochMs;
  /** Resolves after at least `durationMs`. */
  sleep(durationMs: number): Promise<void>;
}
