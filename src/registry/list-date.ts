import type { EpochMs } from '../shared/clock.ts';
import { instantOf } from './row.ts';

const dayMs = 86_400_000;

/**
 * The date of a list, from what was stated (`YYYY-MM-DD`) or else from a file name that holds one: `2026-11-02_212.txt`,
 * `2026-5-1_212_AB12.zip`, `dnc-20261102.zip`. Never from a file's own time: copying changes it, and a list
 * that looks younger than it is would be believed too long.
 */
export function dateOfList(stated: string | undefined, names: readonly string[]): EpochMs | undefined {
  if (stated !== undefined) return dateIn(stated);
  for (const name of names) {
    const found = dateIn(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The first day of the calendar that a text names, midnight UTC: earlier than the day begins in any US state. */
function dateIn(text: string): EpochMs | undefined {
  for (const form of [/(?<!\d)(20\d\d)[-_.](\d{1,2})[-_.](\d{1,2})(?!\d)/, /(?<!\d)(20\d\d)(\d\d)(\d\d)(?!\d)/]) {
    const found = form.exec(text);
    if (found) return instantOf(Number(found[1]), Number(found[2]), Number(found[3]));
  }
  return undefined;
}

/** A list of tomorrow is a mistake; one of today may be hours ahead of UTC (Guam). */
export const isFutureDate = (asOfMs: EpochMs, nowMs: EpochMs): boolean => asOfMs > nowMs + dayMs;

/** `2026-11-02`, in UTC. */
export const dayOf = (instantMs: EpochMs): string => new Date(instantMs).toISOString().slice(0, 10);
