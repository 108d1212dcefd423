import { fromEpochMilliseconds, toZonedDateTimeISO } from 'temporal-polyfill/fns/Instant';
import { create, toZonedDateTime } from 'temporal-polyfill/fns/PlainDateTime';
import type { EpochMs } from '../clock.ts';

/** A day of the calendar, wherever it is. */
export interface CalendarDay {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  /** Monday is 1, Sunday 7. */
  readonly dayOfWeek: number;
  readonly daysInMonth: number;
}

const daysInWeek = 7;

/** A month or day that is out of range counts on: the 32nd of January is the 1st of February. */
export function calendarDay(year: number, month: number, day: number): CalendarDay {
  const date = new Date(Date.UTC(year, month - 1, day));
  const [shownYear, shownMonth] = [date.getUTCFullYear(), date.getUTCMonth()];
  return {
    year: shownYear,
    month: shownMonth + 1,
    day: date.getUTCDate(),
    dayOfWeek: date.getUTCDay() || daysInWeek,
    daysInMonth: new Date(Date.UTC(shownYear, shownMonth + 1, 0)).getUTCDate(),
  };
}

/** The day that it is in a zone. */
export function localDay(atMs: EpochMs, timeZone: string): CalendarDay {
  const { year, month, day } = toZonedDateTimeISO(fromEpochMilliseconds(atMs), timeZone);
  return calendarDay(year, month, day);
}

/**
 * The instant of a local time: the first of two where the clocks repeat it, and as much later as they skip where they skip it.
 * @returns also whether the clocks show that time on that day at all.
 */
export function localInstant(
  { year, month, day }: Pick<CalendarDay, 'year' | 'month' | 'day'>,
  [hour, minute, second = 0]: readonly [hour: number, minute: number, second?: number],
  timeZone: string,
): { readonly atMs: EpochMs; readonly exists: boolean } {
  const zoned = toZonedDateTime(create(year, month, day, hour, minute, second), timeZone);
  const exists = zoned.day === day && zoned.hour === hour && zoned.minute === minute;
  return { atMs: zoned.epochMilliseconds, exists };
}
