import type { EpochMs } from '../clock.ts';
import { type CalendarDay, calendarDay, localDay, localInstant } from './local-time.ts';

/** A schedule expression that AWS would not take. */
export class ScheduleExpressionError extends Error {
  override readonly name = 'ScheduleExpressionError';
  readonly code = 'schedule-expression';
}

type DayTest = (date: CalendarDay) => boolean;

/** The six fields of AWS: minutes, hours, day of month, month, day of week, year. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
  readonly isDay: DayTest;
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values from `min` on. */
  readonly names?: readonly string[];
}

const MINUTES: Field = { name: 'minutes', min: 0, max: 59 };
const HOURS: Field = { name: 'hours', min: 0, max: 23 };
const DAY_OF_MONTH: Field = { name: 'day-of-month', min: 1, max: 31 };
const MONTH: Field = {
  name: 'month',
  min: 1,
  max: 12,
  names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
};
const DAY_OF_WEEK: Field = {
  name: 'day-of-week',
  min: 1,
  max: 7,
  names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
};
const YEAR: Field = { name: 'year', min: 1970, max: 2199 };

const DAYS_IN_WEEK = 7;

const invalid = (field: Field, text: string): ScheduleExpressionError =>
  new ScheduleExpressionError(
    `"${text}" is not valid in the ${field.name} field; use ${field.min} to ${field.max}, with , - * / where several are meant.`,
  );

const parseNumber = (field: Field, text: string): number => {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  const value = named >= 0 ? named + field.min : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= field.min && value <= field.max)) {
    throw invalid(field, text);
  }
  return value;
};

const parseStep = (field: Field, text: string | undefined): number => {
  if (text === undefined) {
    return 1;
  }
  const step = /^\d+$/.test(text) ? Number(text) : 0;
  if (step < 1) {
    throw invalid(field, `/${text}`);
  }
  return step;
};

const parsePart = (field: Field, part: string): readonly number[] => {
  const [base = '', stepText, ...rest] = part.split('/');
  const step = parseStep(field, stepText);
  const [fromText = '', toText, ...more] = base.split('-');
  if (rest.length > 0 || more.length > 0) {
    throw invalid(field, part);
  }
  const from = base === '*' ? field.min : parseNumber(field, fromText);
  // A single value with a step counts up from that value to the end of the field: 0/15 is 0, 15, 30, 45.
  const to =
    toText !== undefined ? parseNumber(field, toText) : base === '*' || stepText !== undefined ? field.max : from;
  if (to < from) {
    throw invalid(field, part);
  }
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
};

const parseList = (field: Field, text: string): readonly number[] =>
  [...new Set(text.split(',').flatMap((part) => parsePart(field, part)))].sort((a, b) => a - b);

/** AWS counts from Sunday as 1; ISO counts from Monday as 1. */
const awsDayOfWeek = (date: CalendarDay): number => (date.dayOfWeek % DAYS_IN_WEEK) + 1;

const isWeekday = (date: CalendarDay): boolean => date.dayOfWeek <= 5;

/** The weekday nearest to a day, within its month. */
const nearestWeekday = (date: CalendarDay): number => {
  const { day, dayOfWeek, daysInMonth } = date;
  if (isWeekday(date)) {
    return day;
  }
  if (dayOfWeek === 6) {
    return day > 1 ? day - 1 : day + 2;
  }
  return day < daysInMonth ? day + 1 : day - 2;
};

const parseDayOfMonth = (text: string): DayTest => {
  if (text === 'L') {
    return (date) => date.day === date.daysInMonth;
  }
  if (text === 'LW') {
    return (date) => date.day === nearestWeekday(calendarDay(date.year, date.month, date.daysInMonth));
  }
  const weekday = /^(\d{1,2})W$/.exec(text)?.[1];
  if (weekday !== undefined) {
    const day = parseNumber(DAY_OF_MONTH, weekday);
    return (date) => day <= date.daysInMonth && date.day === nearestWeekday(calendarDay(date.year, date.month, day));
  }
  const days = new Set(parseList(DAY_OF_MONTH, text));
  return (date) => days.has(date.day);
};

const parseDayOfWeek = (text: string): DayTest => {
  const last = /^(\w+)L$/.exec(text)?.[1];
  if (last !== undefined) {
    const dayOfWeek = parseNumber(DAY_OF_WEEK, last);
    return (date) => awsDayOfWeek(date) === dayOfWeek && date.day + DAYS_IN_WEEK > date.daysInMonth;
  }
  const [, nthDay, nth] = /^(\w+)#([1-5])$/.exec(text) ?? [];
  if (nthDay !== undefined) {
    const dayOfWeek = parseNumber(DAY_OF_WEEK, nthDay);
    return (date) => awsDayOfWeek(date) === dayOfWeek && Math.ceil(date.day / DAYS_IN_WEEK) === Number(nth);
  }
  const days = new Set(text === 'L' ? [DAY_OF_WEEK.max] : parseList(DAY_OF_WEEK, text));
  return (date) => days.has(awsDayOfWeek(date));
};

/**
 * Parses the six fields between the brackets of `cron(...)`.
 *
 * @throws ScheduleExpressionError naming the field.
 */
export const parseCron = (text: string): Cron => {
  const fields = text.trim().split(/\s+/);
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = fields;
  if (
    minutes === undefined ||
    hours === undefined ||
    dayOfMonth === undefined ||
    month === undefined ||
    dayOfWeek === undefined ||
    year === undefined ||
    fields.length !== 6
  ) {
    throw new ScheduleExpressionError(
      `cron(${text}) has ${fields.length} fields; it needs six: minutes hours day-of-month month day-of-week year.`,
    );
  }
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new ScheduleExpressionError(`cron(${text}): exactly one of day-of-month and day-of-week must be ?.`);
  }
  return {
    minutes: parseList(MINUTES, minutes),
    hours: parseList(HOURS, hours),
    months: new Set(parseList(MONTH, month)),
    years: new Set(parseList(YEAR, year)),
    isDay: dayOfWeek === '?' ? parseDayOfMonth(dayOfMonth.toUpperCase()) : parseDayOfWeek(dayOfWeek.toUpperCase()),
  };
};

/**
 * The runs after `afterMs`, one after the other, until the last year that AWS knows. AWS leaves out a time that the clocks
 * skip, and runs one that they repeat only once.
 */
export function* cronRunsMs(cron: Cron, timeZone: string, afterMs: EpochMs): Generator<EpochMs, void, undefined> {
  let date = localDay(afterMs, timeZone);
  while (date.year <= YEAR.max) {
    if (!cron.years.has(date.year)) {
      date = calendarDay(date.year + 1, 1, 1);
    } else if (!cron.months.has(date.month)) {
      date = calendarDay(date.year, date.month + 1, 1);
    } else {
      for (const hour of cron.isDay(date) ? cron.hours : []) {
        for (const minute of cron.minutes) {
          const { atMs, exists } = localInstant(date, [hour, minute], timeZone);
          if (exists && atMs > afterMs) {
            yield atMs;
          }
        }
      }
      date = calendarDay(date.year, date.month, date.day + 1);
    }
  }
}
