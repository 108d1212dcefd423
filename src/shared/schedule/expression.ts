import type { EpochMs } from '../clock.ts';
import { type Cron, cronRunsMs, parseCron, ScheduleExpressionError } from './cron.ts';
import { type CalendarDay, calendarDay, localInstant } from './local-time.ts';

/** A parsed schedule expression of AWS: once, every so often, or by the calendar. */
export type Schedule =
  | { readonly kind: 'at'; readonly day: CalendarDay; readonly time: readonly [number, number, number] }
  | { readonly kind: 'rate'; readonly periodMs: number }
  | { readonly kind: 'cron'; readonly cron: Cron };

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

const parseAt = (text: string): Schedule => {
  const [, ...parts] = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})$/.exec(text) ?? [];
  if (parts.length === 0) {
    throw new ScheduleExpressionError(`at(${text}) is not a time; write it as at(yyyy-mm-ddThh:mm:ss).`);
  }
  const [year = 0, month = 0, dayOfMonth = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  const day = calendarDay(year, month, dayOfMonth);
  if (day.month !== month || day.day !== dayOfMonth || hour > 23 || minute > 59 || second > 59) {
    throw new ScheduleExpressionError(`at(${text}) names a time that is not in the calendar.`);
  }
  return { kind: 'at', day, time: [hour, minute, second] };
};

const parseRate = (text: string): Schedule => {
  const [, value, unit = ''] = /^([1-9]\d{0,5}) (minute|hour|day)s?$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  if (value === undefined || unitMs === undefined) {
    throw new ScheduleExpressionError(
      `rate(${text}) is not valid; write a positive number and minutes, hours or days, as in rate(5 minutes).`,
    );
  }
  return { kind: 'rate', periodMs: Number(value) * unitMs };
};

/**
 * Parses `at(...)`, `rate(...)` or `cron(...)`.
 *
 * @throws ScheduleExpressionError in one sentence.
 */
export const parseScheduleExpression = (expression: string): Schedule => {
  const [, kind, text = ''] = /^(at|rate|cron)\((.*)\)$/.exec(expression) ?? [];
  switch (kind) {
    case 'at':
      return parseAt(text);
    case 'rate':
      return parseRate(text);
    case 'cron':
      return { kind: 'cron', cron: parseCron(text) };
    default:
      throw new ScheduleExpressionError(`"${expression}" is not a schedule; write at(...), rate(...) or cron(...).`);
  }
};

export interface NextRunOptions {
  readonly timeZone: string;
  readonly afterMs: EpochMs;
  /** From when a rate counts: its first run is at this instant. */
  readonly anchorMs: EpochMs;
}

/** The first run after `afterMs`; undefined when there is none. */
export const nextRunMs = (schedule: Schedule, options: NextRunOptions): EpochMs | undefined => {
  const first = runsMs(schedule, options).next();
  return first.done ? undefined : first.value;
};

/** The runs after `afterMs`, one after the other; a rate has no last one. */
export function* runsMs(schedule: Schedule, options: NextRunOptions): Generator<EpochMs, void, undefined> {
  const { timeZone, afterMs, anchorMs } = options;
  switch (schedule.kind) {
    case 'at': {
      const { atMs } = localInstant(schedule.day, schedule.time, timeZone);
      if (atMs > afterMs) yield atMs;
      return;
    }
    case 'rate': {
      const { periodMs } = schedule;
      const periods = afterMs < anchorMs ? 0 : Math.floor((afterMs - anchorMs) / periodMs) + 1;
      for (let runMs = anchorMs + periods * periodMs; ; runMs += periodMs) yield runMs;
    }
    case 'cron':
      yield* cronRunsMs(schedule.cron, timeZone, afterMs);
  }
}
