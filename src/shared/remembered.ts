import type { EpochMs } from './clock.ts';

/**
 * Reads once and remembers the answer for a while; a failure is not remembered.
 * @param keptMs how long the answer is good
 */
export function remembered<T>(read: () => Promise<T>, keptMs: number, nowMs: () => EpochMs): () => Promise<T> {
  let kept: { readonly untilMs: EpochMs; readonly value: Promise<T> } | undefined;
  return () => {
    if (kept && nowMs() < kept.untilMs) return kept.value;
    const value = read();
    kept = { untilMs: nowMs() + keptMs, value };
    value.catch(() => {
      kept = undefined;
    });
    return value;
  };
}

/** Makes something when it is first asked for, and keeps it. */
export const lazily = <T>(make: () => Promise<T>): (() => Promise<T>) =>
  remembered(make, Number.POSITIVE_INFINITY, () => 0);
