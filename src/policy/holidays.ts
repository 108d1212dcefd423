import { HOLIDAY_CALENDARS } from './holiday-calendars.ts';

const DAY_MS = 86_400_000;
const YEARS_KEPT_MAX = 200;
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const SUNDAY = 0;
const MONDAY = 1;
const SATURDAY = 6;

/** Weekday of a day counted from 1970-01-01, a Thursday; Sunday is 0. */
export const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;

const dayOf = (year: number, month: number, date: number): number => Date.UTC(year, month - 1, date) / DAY_MS;
const yearOf = (day: number): number => new Date(day * DAY_MS).getUTCFullYear();

/** Whether a calendar of that name is kept. */
export const isCalendar = (name: string): boolean => Object.hasOwn(HOLIDAY_CALENDARS, name);

const daysByCalendarYear = new Map<string, ReadonlySet<number>>();

/** Whether a day (counted from 1970-01-01) is a holiday of a calendar, on its date or as observed. */
export function isHoliday(calendar: string, day: number): boolean {
  return holidaysOf(calendar, yearOf(day)).has(day);
}

/** All holidays of a calendar that fall in a year, observed days with them. */
export function holidaysOf(calendar: string, year: number): ReadonlySet<number> {
  const key = `${calendar} ${year}`;
  const known = daysByCalendarYear.get(key);
  if (known !== undefined) return known;
  if (daysByCalendarYear.size >= YEARS_KEPT_MAX) daysByCalendarYear.clear();
  // New Year's Day of the next year may be observed on the last day of this one.
  const days = new Set([...daysFor(calendar, year), ...daysFor(calendar, year + 1), ...daysFor(calendar, year - 1)]);
  for (const day of days) if (yearOf(day) !== year) days.delete(day);
  daysByCalendarYear.set(key, days);
  return days;
}

function daysFor(calendar: string, year: number): number[] {
  const words = (HOLIDAY_CALENDARS[calendar] ?? '').split(' ');
  return words.flatMap((word) => (isCalendar(word) ? daysFor(word, year) : daysOfWord(word, year)));
}

function daysOfWord(word: string, year: number): number[] {
  const evenOnly = word.endsWith('@even');
  if (evenOnly && year % 2 !== 0) return [];
  const rule = evenOnly ? word.slice(0, -'@even'.length) : word;
  const movable = /^easter([+-]\d+)$/.exec(rule);
  if (movable) return [easterOf(year) + Number(movable[1])];
  const nth = /^(\d\d)\/([a-z]{3})\/(-?\d)(?:\+(\d))?$/.exec(rule);
  if (nth)
    return [nthWeekday(year, Number(nth[1]), WEEKDAYS.indexOf(nth[2] ?? ''), Number(nth[3])) + Number(nth[4] ?? 0)];
  const fixed = /^(\d\d)-(\d\d)(~|>>?|\^)?$/.exec(rule);
  if (!fixed) throw new Error(`Holiday calendars hold "${word}", which is no day.`);
  const day = dayOf(year, Number(fixed[1]), Number(fixed[2]));
  return [day, ...observedDays(day, fixed[3])];
}

function observedDays(day: number, mark: string | undefined): number[] {
  const weekday = weekdayOf(day);
  switch (mark) {
    case '~':
      if (weekday === SATURDAY) return [day - 1];
      return weekday === SUNDAY ? [day + 1] : [];
    case '>':
      if (weekday === SATURDAY) return [day + 2];
      return weekday === SUNDAY ? [day + 1] : [];
    case '>>':
      if (weekday === SATURDAY) return [day + 2, day + 3];
      return weekday === SUNDAY ? [day + 1, day + 2] : [];
    case '^':
      return [weekday === SATURDAY ? day + 2 : weekday === SUNDAY ? day + 1 : day - (weekday - MONDAY)];
    default:
      return [];
  }
}

function nthWeekday(year: number, month: number, weekday: number, nth: number): number {
  if (nth < 0) {
    const last = dayOf(year, month + 1, 1) - 1;
    return last - ((weekdayOf(last) - weekday + 7) % 7);
  }
  const first = dayOf(year, month, 1);
  return first + ((weekday - weekdayOf(first) + 7) % 7) + (nth - 1) * 7;
}

/** Easter Sunday by the Gregorian computus (Meeus, Jones and Butcher). */
function easterOf(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return dayOf(year, Math.floor(n / 31), (n % 31) + 1);
}
