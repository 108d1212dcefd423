import type { EpochMs } from '../shared/clock.ts';
import type { Cap } from './rule.ts';
import type { DialFacts } from './types.ts';

const HOUR_MS = 3_600_000;

/** Whether one more attempt is left under a cap, and if not, from when. */
export type CapState =
  | { readonly kind: 'left' }
  | { readonly kind: 'reached'; readonly freeMs: EpochMs; readonly detail: string }
  | { readonly kind: 'unreadable'; readonly detail: string };

/**
 * Weighs a cap over its rolling window. An attempt leaves the window exactly `windowHours` after it was made; attempts
 * that another machine's clock puts in the future count as well.
 */
export function weighCap(cap: Cap, facts: DialFacts): CapState {
  const attemptsMs = cap.per === 'number' ? facts.attemptsMs : (facts.attemptsOnLineMs ?? 'unreadable');
  if (attemptsMs === 'unreadable')
    return { kind: 'unreadable', detail: `Earlier attempts per ${cap.per} could not be read.` };
  const windowMs = cap.windowHours * HOUR_MS;
  const counted = attemptsMs.filter((madeMs) => madeMs > facts.atMs - windowMs).sort((a, b) => a - b);
  const leaving = counted[counted.length - cap.count];
  if (leaving === undefined) return { kind: 'left' };
  return {
    kind: 'reached',
    freeMs: leaving + windowMs,
    detail: `${counted.length} of at most ${cap.count} attempts per ${cap.per} were made within ${cap.windowHours} h.`,
  };
}
