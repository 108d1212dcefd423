import type { EpochMs } from '../../shared/clock.ts';
import { WebexError } from './webex-error.ts';

const MINUTE_MS = 60_000;
const LEAD_MIN_MS = 30 * MINUTE_MS;
const AHEAD_MAX_MS = 31 * 86_400_000;
const WINDOW_MIN_MS = 30 * MINUTE_MS;
const WINDOW_MAX_MS = 8 * 60 * MINUTE_MS;

export interface LocalWindow {
  /** YYYY-MM-DD. */
  readonly scheduleDate: string;
  /** HH:mm:ss. */
  readonly startTime: string;
  readonly endTime: string;
}

/** Why Webex would not take a window; undefined where it would. */
export function windowProblem(
  window: { readonly fromMs: EpochMs; readonly toMs: EpochMs; readonly timeZone: string },
  nowMs: EpochMs,
): string | undefined {
  const { fromMs, toMs } = window;
  if (fromMs - nowMs < LEAD_MIN_MS) return 'must start at least 30 minutes from now';
  if (fromMs - nowMs > AHEAD_MAX_MS) return 'must start within 31 days';
  if (toMs - fromMs < WINDOW_MIN_MS) return 'must be at least 30 minutes long';
  if (toMs - fromMs > WINDOW_MAX_MS) return 'must be at most 8 hours long';
  const from = localParts(fromMs, window.timeZone);
  const to = localParts(toMs, window.timeZone);
  if (from.date !== to.date) return 'must end on the day it starts, in its time zone';
  // Where the clock is set back within the window, its local end may be no later than its local start.
  if (from.time >= to.time) return 'must not lie across the hour in which clocks are set back';
  return undefined;
}

/** The window in local time, as Webex wants it. @throws {WebexError} where it is outside Webex's limits. */
export function localWindow(
  operation: string,
  window: { readonly fromMs: EpochMs; readonly toMs: EpochMs; readonly timeZone: string },
  nowMs: EpochMs,
): LocalWindow {
  const problem = windowProblem(window, nowMs);
  if (problem)
    throw new WebexError('request-not-valid', `window ${problem}`, { operation, processed: 'no', field: 'window' });
  const from = localParts(window.fromMs, window.timeZone);
  return { scheduleDate: from.date, startTime: from.time, endTime: localParts(window.toMs, window.timeZone).time };
}

function localParts(instantMs: EpochMs, timeZone: string): { readonly date: string; readonly time: string } {
  // The Swedish locale writes ISO dates and times.
  const [date = '', time = ''] = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
    .format(instantMs)
    .split(' ');
  return { date, time };
}
