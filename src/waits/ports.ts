import type { EpochMs } from '../shared/clock.ts';

/** What a queue's estimated wait was when it was asked for. */
export interface WaitReading {
  /** Undefined where Webex could not tell: too few samples, or a queue that it does not know. */
  readonly waitSeconds?: number;
  readonly askedAtMs: EpochMs;
}

/** Who knows how long people wait in a queue. */
export interface WaitSource {
  /** @returns seconds; undefined where it cannot be told. Throws where it cannot be asked. */
  waitSeconds(queueId: string): Promise<number | undefined>;
}

/** The readings that all functions share. */
export interface WaitCache {
  read(queueId: string): Promise<WaitReading | undefined>;
  /**
   * Makes the caller the one who asks, until `untilMs` or until it has written a reading.
   * @param staleBeforeMs a reading of that instant or later needs nobody to ask.
   * @returns false where somebody else asks or has just asked.
   */
  claim(queueId: string, span: { nowMs: EpochMs; untilMs: EpochMs; staleBeforeMs: EpochMs }): Promise<boolean>;
  /** Ends the claim. */
  write(queueId: string, reading: WaitReading): Promise<void>;
}
