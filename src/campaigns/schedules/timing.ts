import { isTimeZone } from '../../numbering/time-zone.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { ScheduleExpressionError } from '../../shared/schedule/cron.ts';
import { nextRunMs, parseScheduleExpression, runsMs } from '../../shared/schedule/expression.ts';
import type { Timing } from './schedule.ts';

/** What is wrong with a timing; `detail` is a sentence that begins with the field. */
export interface TimingProblem {
  readonly field: 'expression' | 'timeZone';
  readonly detail: string;
}

export const minuteMs = 60_000;

/** AWS: the longest rate that EventBridge Scheduler takes is not documented; a year is more than any campaign lives. */
const periodMsMax = 366 * 86_400_000;

/** Reads expression and zone as EventBridge Scheduler does, and refuses what would never run. */
export function timingProblem(
  { expression, timeZone }: Omit<Timing, 'sinceMs'>,
  nowMs: EpochMs,
): TimingProblem | undefined {
  if (!isTimeZone(timeZone)) {
    return {
      field: 'timeZone',
      detail: `timeZone must be an IANA time zone such as America/New_York, got ${timeZone}.`,
    };
  }
  try {
    const parsed = parseScheduleExpression(expression);
    if (parsed.kind === 'at') {
      return { field: 'expression', detail: 'expression must be cron(...) or rate(...): at(...) runs only once.' };
    }
    if (parsed.kind === 'rate' && parsed.periodMs > periodMsMax) {
      return { field: 'expression', detail: `expression must run at least once a year, got ${expression}.` };
    }
  } catch (error) {
    if (!(error instanceof ScheduleExpressionError)) throw error;
    return { field: 'expression', detail: `expression cannot be used. ${error.message}` };
  }
  if (nextPlanned({ expression, timeZone, sinceMs: nowMs }, nowMs) === undefined) {
    return { field: 'expression', detail: `expression must have a run to come, but ${expression} has none.` };
  }
  return undefined;
}

/** The first planned time after `afterMs`. */
export const nextPlanned = ({ expression, timeZone, sinceMs }: Timing, afterMs: EpochMs): EpochMs | undefined =>
  nextRunMs(parseScheduleExpression(expression), {
    timeZone,
    afterMs: Math.max(afterMs, sinceMs),
    anchorMs: sinceMs,
  });

/** The planned times after `afterMs` and until `untilMs`, at most `limit`. */
export function plannedBetween(
  { expression, timeZone, sinceMs }: Timing,
  afterMs: EpochMs,
  untilMs: EpochMs,
  limit: number,
): readonly EpochMs[] {
  const found: EpochMs[] = [];
  const runs = runsMs(parseScheduleExpression(expression), {
    timeZone,
    afterMs: Math.max(afterMs, sinceMs),
    anchorMs: sinceMs,
  });
  for (const runMs of runs) {
    if (runMs > untilMs || found.length >= limit) break;
    found.push(runMs);
  }
  return found;
}

/** A timing counts from the last whole minute, because EventBridge runs by the minute. */
export const wholeMinute = (atMs: EpochMs): EpochMs => Math.floor(atMs / minuteMs) * minuteMs;
