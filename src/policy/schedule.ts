import type { EpochMs } from '../shared/clock.ts';
import { dayOfDate } from './calendar-day.ts';
import { isHoliday, weekdayOf } from './holidays.ts';
import type { Rule } from './rule.ts';
import type { LineHours } from './types.ts';
import type { ZoneClock } from './zone-clock.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
export const DAY_MINUTES = 1_440;

/** Sorted, disjoint stretches of a day in minutes from its start, ends exclusive: `[from, to, from, to, ...]`. */
export type Minutes = readonly number[];

const WHOLE_DAY: Minutes = [0, DAY_MINUTES];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** Opening hours ready to be asked: by weekday, on holidays, and from and to which day they bind. Plain JSON, as the whole table is. */
export interface Schedule {
  /** By weekday, Sunday first. */
  readonly week: readonly Minutes[];
  readonly holidays?: {
    readonly minutes: Minutes;
    readonly calendars: readonly string[];
    readonly dates: readonly number[];
  };
  /** Days since 1970-01-01 outside of which the hours do not bind, so that the whole day is open. */
  readonly fromDay?: number;
  readonly toDay?: number;
  /** Equal for schedules that open and close alike. */
  readonly key: string;
}

/** Minutes of `HH:MM`. */
export const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

/** Minutes of `HH:MM-HH:MM`. */
export const spanOf = (window: string): readonly [number, number] => {
  const [from = '', to = ''] = window.split('-');
  return [minutesOf(from), minutesOf(to)];
};

/** Weekday numbers of `mon` or `mon-fri`; a span may run over the end of the week. */
export function weekdaysOf(key: string): number[] {
  const [from = '', to = from] = key.split('-');
  const first = WEEKDAYS.findIndex((name) => name === from);
  const length = (WEEKDAYS.findIndex((name) => name === to) - first + 7) % 7;
  return Array.from({ length: length + 1 }, (_, offset) => (first + offset) % 7);
}

/** Joins windows that touch and takes the breaks out. */
function toMinutes(windows: readonly string[], breaks: readonly string[]): number[] {
  const open = new Uint8Array(DAY_MINUTES);
  for (const window of windows) open.fill(1, ...spanOf(window));
  for (const pause of breaks) open.fill(0, ...spanOf(pause));
  const minutes: number[] = [];
  for (let minute = 0; minute <= DAY_MINUTES; minute += 1) {
    const isOpen = open[minute] === 1;
    if (isOpen !== (minutes.length % 2 === 1)) minutes.push(minute);
  }
  return minutes;
}

/** The schedule of a rule's hours, or undefined where it has none. */
export function scheduleOfRule(rule: Rule): Schedule | undefined {
  const { hours, breaks = [], holidays } = rule;
  if (hours === undefined) return undefined;
  const week: Minutes[] = Array.from({ length: 7 }, () => []);
  for (const [key, windows] of Object.entries(hours)) {
    const minutes = toMinutes(windows, breaks);
    for (const weekday of weekdaysOf(key)) week[weekday] = minutes;
  }
  const dates = (holidays?.dates ?? []).flatMap((date) => dayOfDate(date) ?? []);
  return withKey({
    week,
    ...(holidays && {
      holidays: { minutes: toMinutes(holidays.hours, []), calendars: holidays.calendars ?? [], dates },
    }),
    ...(rule.effectiveFrom !== undefined && { fromDay: dayOfDate(rule.effectiveFrom) ?? 0 }),
    ...(rule.effectiveTo !== undefined && { toDay: dayOfDate(rule.effectiveTo) ?? 0 }),
  });
}

/** The schedule of a line's opening hours. */
export function scheduleOfLine(hours: LineHours): Schedule {
  const week = WEEKDAYS.map((name) =>
    toMinutes(
      (hours.weekdays[name] ?? []).map(([from, to]) => `${from}-${to}`),
      [],
    ),
  );
  const dates = (hours.holidays ?? []).flatMap((date) => dayOfDate(date) ?? []);
  return withKey({
    week,
    ...(dates.length > 0 && { holidays: { minutes: [], calendars: [], dates } }),
  });
}

function withKey(schedule: Omit<Schedule, 'key'>): Schedule {
  const { week, holidays, fromDay, toDay } = schedule;
  const key = JSON.stringify([week, holidays?.minutes, holidays?.calendars, holidays?.dates ?? [], fromDay, toDay]);
  return { ...schedule, key };
}

/** What is open on a day (counted from 1970-01-01, local). */
export function minutesOn(schedule: Schedule, day: number): Minutes {
  if (schedule.fromDay !== undefined && day < schedule.fromDay) return WHOLE_DAY;
  if (schedule.toDay !== undefined && day > schedule.toDay) return WHOLE_DAY;
  const { holidays } = schedule;
  const week = schedule.week[weekdayOf(day)] ?? [];
  if (holidays === undefined) return week;
  const applies = holidays.dates.includes(day) || holidays.calendars.some((calendar) => isHoliday(calendar, day));
  return applies ? holidays.minutes : week;
}

/** Whether the hours are open at an instant in a zone, and until when that stays so for certain. */
interface Stretch {
  readonly open: boolean;
  /** Exclusive. The state may go on beyond; it does not change before. */
  readonly untilMs: EpochMs;
}

function stretchAt(schedule: Schedule, clock: ZoneClock, atMs: EpochMs): Stretch {
  const { offsetMs, untilMs: segmentEndMs } = clock.segmentAt(atMs);
  const localMs = atMs + offsetMs;
  const day = Math.floor(localMs / DAY_MS);
  const minutes = minutesOn(schedule, day);
  const dayMs = localMs - day * DAY_MS;
  let open = false;
  let boundary = DAY_MINUTES;
  for (const [index, minute] of minutes.entries()) {
    if (minute * MINUTE_MS > dayMs) {
      boundary = minute;
      break;
    }
    open = index % 2 === 0;
  }
  return { open, untilMs: Math.min(segmentEndMs, day * DAY_MS + boundary * MINUTE_MS - offsetMs) };
}

/**
 * The first instant at or after `fromMs` that is inside the hours and stays inside for more than `guardMs`, so that the
 * last `guardMs` of every window are closed. Undefined where there is none up to `limitMs`.
 */
export function nextOpening(
  schedule: Schedule,
  clock: ZoneClock,
  { fromMs, limitMs, guardMs }: { readonly fromMs: EpochMs; readonly limitMs: EpochMs; readonly guardMs: number },
): EpochMs | undefined {
  let atMs = fromMs;
  while (atMs <= limitMs) {
    let stretch = stretchAt(schedule, clock, atMs);
    if (!stretch.open) {
      atMs = stretch.untilMs;
      continue;
    }
    // Windows that touch, at midnight or at a clock change, are one window.
    while (stretch.open && stretch.untilMs - guardMs <= atMs) stretch = stretchAt(schedule, clock, stretch.untilMs);
    if (stretch.open) return atMs;
    atMs = stretch.untilMs;
  }
  return undefined;
}
