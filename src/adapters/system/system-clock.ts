import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../shared/clock.ts';

/** @param offsetMs added to the machine's clock; only the local host sets one, to show another time of day. */
export const createSystemClock = (offsetMs = 0): Clock => ({
  nowMs: () => Date.now() + offsetMs,
  sleep: (durationMs) => setTimeout(durationMs),
});
