import type { EpochMs } from '../shared/clock.ts';

/** Who asks for a request to Webex, in the order of their precedence. */
export const LANES = ['callbacks', 'outdials', 'reconcile', 'uploads'] as const;
export type Lane = (typeof LANES)[number];

/** The requests that Webex allows a client id, shared by all functions of a stack. */
export interface Budget {
  /**
   * Takes one request out of the budget, waiting at most `maxWaitMs` for it.
   * Answers how long it would have to wait where that is longer; then nothing was taken. Rejects where the budget cannot be read.
   */
  take(lane: Lane, maxWaitMs: number): Promise<'granted' | { readonly waitMs: number }>;
  /** Nothing is granted on any lane before that instant, whichever function asks. */
  pauseUntil(instantMs: EpochMs, reason: string): Promise<void>;
}

/** The one bucket of a client id, as a clock that runs ahead with each request taken (the virtual scheduling of GCRA). */
export interface BucketState {
  /** When the bucket is empty, or was: tokens = (now - emptyAtMs) / intervalMs, at most the burst. */
  readonly emptyAtMs: EpochMs;
  readonly pausedUntilMs: EpochMs;
  /** When reconciliation last took a token out of its own share. */
  readonly shareTakenAtMs: EpochMs;
  /** Counts the writes; who finds another number than it read was not alone. */
  readonly version: number;
}

/** Where the functions of a stack keep the one bucket. */
export interface BucketStore {
  /** Strongly consistent; undefined before the first request. */
  read(): Promise<BucketState | undefined>;
  /**
   * Writes `after` if the bucket is still at `before` (undefined: not there yet).
   * @returns the bucket as it is where somebody else was first.
   */
  replace(
    before: BucketState | undefined,
    after: BucketState,
  ): Promise<'written' | { readonly now: BucketState | undefined }>;
}
