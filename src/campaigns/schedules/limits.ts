import { minuteMs } from './timing.ts';

const dayMs = 86_400_000;

/** What bounds the schedules of campaigns. Times are milliseconds. */
export const scheduleLimits = {
  /** Each is a timer of its own; counted before a new one is written, so that two at once may pass it by one. */
  perCampaign: 50,
  /** What one run takes of `all-new`; the next run takes the others. */
  filesPerRun: 20,
  /** As long as a list lives at most. An older file is not taken: what knows it as taken is not kept for ever. */
  fileAgeMs: 31 * dayMs,
  /** How long it is known that a file was taken; the same content put to the same key again after that is a new file. */
  takenKeptMs: 400 * dayMs,
  /** How long a run stays in the history. */
  runKeptMs: 90 * dayMs,
  /** A run that begins so much after its time is missed, not made up for: the next one takes its files. */
  lateMs: 60 * minuteMs,
  /** How long a planned run may be on its way before it counts as missed: EventBridge runs by the minute, and queues have delays. */
  graceMs: 5 * minuteMs,
  /** How long a run may take before another delivery of its message goes on with it. */
  leaseMs: 5 * minuteMs,
  /** When nobody will go on with a run any more: five receives, six minutes apart, and a margin. */
  givenUpMs: 45 * minuteMs,
  /** How many missed times are counted; as many may be more. */
  missedCounted: 1_000,
} as const;
