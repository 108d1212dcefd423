import { Temporal } from 'temporal-polyfill';
import type { EpochMs } from '../../shared/clock.ts';
import type { Activation } from './schedule.ts';
import { minuteMs } from './timing.ts';

/**
 * When the contacts of a run become callable. A time of day is the next one in the zone; where the clocks skip it, that day
 * has it as much later as they skip, and where they repeat it, the first of the two counts.
 */
export function activationMs(activation: Activation, timeZone: string, nowMs: EpochMs): EpochMs {
  if ('lagMinutes' in activation) return nowMs + activation.lagMinutes * minuteMs;
  const time = Temporal.PlainTime.from(activation.at);
  const today = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone).toPlainDate();
  const onDay = (date: Temporal.PlainDate): EpochMs =>
    date.toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds;
  const todayMs = onDay(today);
  return todayMs >= nowMs ? todayMs : onDay(today.add({ days: 1 }));
}
