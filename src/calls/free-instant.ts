import type { EpochMs } from '../shared/clock.ts';

/** Attempts are told apart by their instant, so two of the same millisecond are not. */
export function freeInstant(takenMs: readonly EpochMs[], nowMs: EpochMs): EpochMs {
  let atMs = nowMs;
  while (takenMs.includes(atMs)) atMs += 1;
  return atMs;
}
