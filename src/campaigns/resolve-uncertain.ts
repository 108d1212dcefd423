import type { EpochMs } from '../shared/clock.ts';

/** A chunk whose request had no definite answer. */
export interface UncertainChunk {
  readonly chunk: number;
  readonly contacts: number;
}

export interface CountReading {
  /** Records of the list as Webex counts them. */
  readonly count: number;
  /** Since when it has been the same, with nothing on its way. */
  readonly sinceMs: EpochMs;
}

export type Resolution =
  | { readonly outcome: 'resolved'; readonly arrived: readonly number[]; readonly absent: readonly number[] }
  /** The count may still rise. */
  | { readonly outcome: 'wait' }
  | { readonly outcome: 'inconclusive' };

/** Beyond this the number of combinations is not worth a look; then only "all" and "none" can be told. */
const combinedMax = 16;

/**
 * Tells from a list's record count which uncertain chunks arrived. The list is ours alone, so the count cannot be too high: once
 * it reaches everything, everything arrived. Less than that means something only when it has stopped rising.
 * @param accepted contacts that Webex certainly took
 * @param settleMs how long a count must stay the same to count as final; Webex publishes no bound
 */
export function resolveUncertain(
  uncertain: readonly UncertainChunk[],
  accepted: number,
  reading: CountReading | undefined,
  { nowMs, settleMs }: { readonly nowMs: EpochMs; readonly settleMs: number },
): Resolution {
  if (!reading) return { outcome: 'wait' };
  const chunks = uncertain.map(({ chunk }) => chunk);
  const total = uncertain.reduce((sum, { contacts }) => sum + contacts, 0);
  const extra = reading.count - accepted;
  if (extra === total) return { outcome: 'resolved', arrived: chunks, absent: [] };
  if (nowMs - reading.sinceMs < settleMs) return { outcome: 'wait' };
  if (extra === 0) return { outcome: 'resolved', arrived: [], absent: chunks };
  const arrived = onlyCombination(uncertain, extra);
  if (!arrived) return { outcome: 'inconclusive' };
  return { outcome: 'resolved', arrived, absent: chunks.filter((chunk) => !arrived.includes(chunk)) };
}

/** The chunks whose contacts add up to `extra`, where there is one way only. */
function onlyCombination(uncertain: readonly UncertainChunk[], extra: number): number[] | undefined {
  if (uncertain.length > combinedMax || extra < 0) return undefined;
  let found: number[] | undefined;
  for (let set = 1; set < 2 ** uncertain.length; set += 1) {
    const chosen = uncertain.filter((_, index) => (set >> index) % 2 === 1);
    if (chosen.reduce((sum, { contacts }) => sum + contacts, 0) !== extra) continue;
    if (found) return undefined;
    found = chosen.map(({ chunk }) => chunk);
  }
  return found;
}
