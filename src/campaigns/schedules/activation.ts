import type { EpochMs } from '../../shared/clock.ts';
import { calendarDay, localDay, localInstant } from '../../shared/schedule/local-time.ts';
import type { Activation } from './schedule.ts';
import { minuteMs } from './timing.ts';

/**
 * When the contacts of a run become callable. A time of day is the next one in the zone; where the clocks skip it, that day
 * has it as much later as they skip, and where they repeat it, the first of the two counts.
 */
export function activationMs(activation: Activation, timeZone: string, nowMs: EpochMs): EpochMs {
  if ('lagMinutes' in activation) return nowMs + activation.lagMinutes * minuteMs;
  const [hour = 0, minute = 0] = activation.at.split(':').map(Number);
  const today = localDay(nowMs, timeZone);
  const { atMs } = localInstant(today, [hour, minute], timeZone);
  if (atMs >= nowMs) return atMs;
  return localInstant(calendarDay(today.year, today.month, today.day + 1), [hour, minute], timeZone).atMs;
}
