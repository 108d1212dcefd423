import { scheduleOfLine, minutesOn } from '../policy/schedule.ts';
import type { LineHours } from '../policy/types.ts';
import { zoneClock } from '../policy/zone-clock.ts';
import type { EpochMs } from '../shared/clock.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** A stretch of time that can be booked: from here, to there exclusive. */
export interface SlotSpan {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/**
 * The slots of a line that begin in a span of time, in order. Each opening window is cut from its start on; what is left at its
 * end and shorter than a slot is not bookable. A slot is as long as it says, also on a day when the clocks change.
 */
export function slotGrid(
  line: { readonly hours: LineHours; readonly slotMinutes: number },
  span: SlotSpan,
): readonly SlotSpan[] {
  const { hours, slotMinutes } = line;
  const schedule = scheduleOfLine(hours);
  const slotMs = slotMinutes * minuteMs;
  const slots: SlotSpan[] = [];
  // A local day may begin up to 14 hours before and end up to 12 hours after the same day in UTC.
  for (let day = Math.floor(span.fromMs / dayMs) - 1; day * dayMs < span.toMs + dayMs; day += 1) {
    const minutes = minutesOn(schedule, day);
    for (let index = 0; index + 1 < minutes.length; index += 2) {
      const [openMinute = 0, closeMinute = 0] = minutes.slice(index, index + 2);
      const openMs = instantOf(hours.timeZone, day, openMinute);
      const closeMs = instantOf(hours.timeZone, day, closeMinute);
      for (let fromMs = openMs; fromMs + slotMs <= closeMs; fromMs += slotMs) {
        if (fromMs >= span.fromMs && fromMs < span.toMs) slots.push({ fromMs, toMs: fromMs + slotMs });
      }
    }
  }
  return slots;
}

/** The instant of a minute of a local day. A minute that a clock change skips is the moment of the change. */
function instantOf(timeZone: string, day: number, minute: number): EpochMs {
  const clock = zoneClock(timeZone);
  const localMs = day * dayMs + minute * minuteMs;
  const before = clock.segmentAt(localMs - dayMs);
  const atMs = localMs - before.offsetMs;
  if (atMs < before.untilMs) return atMs;
  return Math.max(before.untilMs, localMs - clock.segmentAt(before.untilMs).offsetMs);
}
