import { type ScheduledWindow, windowProblem } from '../../calls/scheduled-window.ts';
import { localParts } from '../../policy/zone-clock.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { WebexError } from './webex-error.ts';

export { windowProblem } from '../../calls/scheduled-window.ts';

export interface LocalWindow {
  /** YYYY-MM-DD. */
  readonly scheduleDate: string;
  /** HH:mm:ss. */
  readonly startTime: string;
  readonly endTime: string;
}

/** The window in local time, as Webex wants it. @throws {WebexError} where it is outside Webex's limits. */
export function localWindow(operation: string, window: ScheduledWindow, nowMs: EpochMs): LocalWindow {
  const problem = windowProblem(window, nowMs);
  if (problem)
    throw new WebexError('request-not-valid', `window ${problem}`, { operation, processed: 'no', field: 'window' });
  return toLocal(window);
}

/** The same for a window that was ordered before, which may be near by now. */
export function toLocal({ fromMs, toMs, timeZone }: ScheduledWindow): LocalWindow {
  const from = localParts(fromMs, timeZone);
  return { scheduleDate: from.date, startTime: from.time, endTime: localParts(toMs, timeZone).time };
}
