import { localParts } from '../policy/zone-clock.ts';
import type { EpochMs } from '../shared/clock.ts';

const minuteMs = 60_000;
/** Webex's limits for scheduled callbacks (developer.webex.com, Schedule Callback). */
const leadMsMin = 30 * minuteMs;
const aheadMsMax = 31 * 86_400_000;
const lengthMs = { least: 30 * minuteMs, most: 8 * 60 * minuteMs } as const;
/** Characters, plus sign included. */
export const scheduledNumberLengthMax = 15;
export const scheduledNameLengthMax = 250;

export interface ScheduledWindow {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  /** IANA. */
  readonly timeZone: string;
}

/** Why Webex would not take a window; undefined where it would. */
export function windowProblem(window: ScheduledWindow, nowMs: EpochMs): string | undefined {
  const { fromMs, toMs } = window;
  if (fromMs - nowMs < leadMsMin) return 'must start at least 30 minutes from now';
  if (fromMs - nowMs > aheadMsMax) return 'must start within 31 days';
  if (toMs - fromMs < lengthMs.least) return 'must be at least 30 minutes long';
  if (toMs - fromMs > lengthMs.most) return 'must be at most 8 hours long';
  const from = localParts(fromMs, window.timeZone);
  const to = localParts(toMs, window.timeZone);
  if (from.date !== to.date) return 'must end on the day it starts, in its time zone';
  // Where the clock is set back within the window, its local end may be no later than its local start.
  if (from.time >= to.time) return 'must not lie across the hour in which clocks are set back';
  return undefined;
}
