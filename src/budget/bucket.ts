import type { EpochMs } from '../shared/clock.ts';
import type { BucketState, Lane } from './ports.ts';

/** How a limit of requests in any 60 seconds is kept. */
export interface BucketRules {
  readonly intervalMs: number;
  /** Tokens that an idle bucket holds. */
  readonly burst: number;
  /** Tokens that a lane leaves for the lanes above it. */
  readonly leaves: Readonly<Record<Lane, number>>;
  /** Reconciliation gets one token in so long, whoever else waits. */
  readonly shareEveryMs: number;
  /** Tokens taken in one write; more than one only for limits that a single item could not be written for. */
  readonly lease: number;
}

/** Requests leave a function evenly and arrive unevenly: so many of a hundred are left out for it. */
const JITTER_SHARE = 0.005;
const BURST_SHARE = 0.01;
/** Reconciliation's own share of the limit. */
const RECONCILE_SHARE = 0.05;
/** DynamoDB takes 1,000 writes a second on one item; this leaves room for refused ones. */
const WRITES_PER_SECOND_MAX = 100;

/**
 * The rules that keep within `requestsPerMinute` in every 60 seconds, however Webex counts them: a full burst and a minute of
 * refilling together stay below the limit. At 300 a minute: a burst of 3, one token in 203 ms, 98.5 % of the limit used.
 */
export function bucketRules(requestsPerMinute: number): BucketRules {
  const burst = Math.max(1, Math.floor(requestsPerMinute * BURST_SHARE));
  const perMinute = Math.max(requestsPerMinute * (1 - JITTER_SHARE) - burst, requestsPerMinute / 2);
  const lease = Math.ceil(perMinute / 60 / WRITES_PER_SECOND_MAX);
  // Who takes several tokens at once must leave fewer, or not even a full bucket would hold enough for it.
  const spare = Math.max(0, burst - lease);
  const between = Math.min(1, spare);
  return {
    intervalMs: 60_000 / perMinute,
    burst,
    leaves: { callbacks: 0, outdials: between, reconcile: between, uploads: spare },
    shareEveryMs: 60_000 / (requestsPerMinute * RECONCILE_SHARE),
    lease,
  };
}

/** Sums of instants and intervals are exact to less than this. */
const ROUNDING_MS = 0.01;

/** Nothing is queued or paused for longer; an instant further ahead was written by another clock, and tells nothing. */
const QUEUE_MAX_MS = 60_000;
const PAUSE_MAX_MS = 960_000;

export type Take =
  /** The token may be used from `atMs` on. */
  | { readonly granted: true; readonly atMs: EpochMs; readonly after: BucketState }
  | { readonly granted: false; readonly waitMs: number };

/**
 * Takes tokens for a lane, of the near future too: who has one waits for its time.
 * Callbacks queue for as long as they can wait, and so does reconciliation when its share is due. Other requests may take the
 * very next token only, so that none is left unused, because a callback that comes meanwhile goes first.
 */
export function take(
  state: BucketState | undefined,
  rules: BucketRules,
  lane: Lane,
  nowMs: EpochMs,
  maxWaitMs: number,
): Take {
  const { intervalMs, burst, leaves, shareEveryMs, lease } = rules;
  const pausedMs = (state?.pausedUntilMs ?? 0) - nowMs;
  if (pausedMs > 0 && pausedMs <= PAUSE_MAX_MS) return { granted: false, waitMs: Math.ceil(pausedMs) };

  const shareTakenAtMs = state?.shareTakenAtMs ?? 0;
  const isShareDue = lane === 'reconcile' && Math.abs(nowMs - shareTakenAtMs) >= shareEveryMs;
  const mayQueue = lane === 'callbacks' || isShareDue;
  const fullAtMs = nowMs - burst * intervalMs;
  const storedMs = state?.emptyAtMs ?? fullAtMs;
  const emptiedMs = storedMs - nowMs > QUEUE_MAX_MS ? nowMs : Math.max(storedMs, fullAtMs);
  const emptyAtMs = emptiedMs + lease * intervalMs;
  const earliestMs = emptyAtMs + (mayQueue ? 0 : leaves[lane] * intervalMs);
  const waitMs = earliestMs - nowMs;
  const aheadMs = mayQueue ? maxWaitMs : Math.min(maxWaitMs, intervalMs);
  if (waitMs > aheadMs + ROUNDING_MS) return { granted: false, waitMs: Math.ceil(waitMs) };
  return {
    granted: true,
    atMs: waitMs > ROUNDING_MS ? earliestMs : nowMs,
    after: {
      emptyAtMs,
      pausedUntilMs: state?.pausedUntilMs ?? 0,
      shareTakenAtMs: isShareDue ? nowMs : shareTakenAtMs,
      version: (state?.version ?? 0) + 1,
    },
  };
}

/** After a pause the bucket starts empty: what Webex has counted meanwhile is not known. */
export function pause(state: BucketState | undefined, untilMs: EpochMs): BucketState | undefined {
  if (state && state.pausedUntilMs >= untilMs) return undefined;
  return {
    emptyAtMs: Math.max(state?.emptyAtMs ?? 0, untilMs),
    pausedUntilMs: untilMs,
    shareTakenAtMs: state?.shareTakenAtMs ?? 0,
    version: (state?.version ?? 0) + 1,
  };
}
