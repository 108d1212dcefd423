import type { BucketRules } from './bucket.ts';
import type { Lane } from './ports.ts';

/** A callback's request leaves within 10 s of its mark "sent" or not at all, and its own time comes off that. */
const CALLBACK_WAIT_MS_MAX = 8_000;

/**
 * How long a request of each lane waits for the budget. A callback must be able to wait for the second next token, because
 * the lanes below it may take the next one; and reconciliation for longer than callbacks queue, or its share would never
 * come up. At 300 requests a minute a token comes every 0.2 s and the least waits hold; below 60 a minute the tokens are what counts.
 */
export function laneWaitsMs({ intervalMs }: Pick<BucketRules, 'intervalMs'>): Readonly<Record<Lane, number>> {
  const callbacks = Math.min(Math.max(1_000, 2 * intervalMs), CALLBACK_WAIT_MS_MAX);
  return { callbacks, outdials: 3_000, reconcile: Math.max(5_000, callbacks + 2 * intervalMs), uploads: 5_000 };
}
