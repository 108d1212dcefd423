import type { EpochMs } from '../../shared/clock.ts';
import { scheduleLimits } from './limits.ts';
import type { ScheduleKey } from './ports.ts';
import { type CampaignSchedule, type ScheduleRun, isOver, runId } from './schedule.ts';
import { type TellRunDeps, endRun, tellRun } from './tell-run.ts';
import { minuteMs, plannedBetween, wholeMinute } from './timing.ts';

export interface Reason {
  /** One sentence. */
  readonly because: string;
  /** Nobody is alarmed by what an operator wanted. */
  readonly isOnPurpose: boolean;
}

export const lost: Reason = { because: 'Nothing started a run at this time.', isOnPurpose: false };
export const paused: Reason = { because: 'The schedule was paused.', isOnPurpose: true };
export const changed: Reason = {
  because: 'The times of the schedule were changed before this run.',
  isOnPurpose: true,
};

/**
 * Accounts for every planned time until `untilMs`: those without a run are told as missed, in one record, and a run that
 * nobody goes on with is told as failed. Stops short of a run that is under way. Doing so twice is harmless.
 */
export async function accountForMissed(
  deps: TellRunDeps,
  schedule: CampaignSchedule,
  untilMs: EpochMs,
  reason: Reason,
): Promise<void> {
  const key: ScheduleKey = schedule;
  const accountedMs = (await deps.runs.readAccountedUntil(key)) ?? 0;
  const fromMs = Math.max(accountedMs, schedule.timing.sinceMs);
  if (fromMs >= untilMs) return;
  const planned = plannedBetween(schedule.timing, fromMs, untilMs, scheduleLimits.missedCounted);
  if (planned.length === 0) return;
  const runs = await deps.runs.between(key, fromMs - minuteMs, untilMs, runsReadMax);
  const wholeMs = Math.min(untilMs, await settleOpenRuns(deps, runs));
  const missed = planned.filter((atMs) => atMs <= wholeMs && !runs.some((run) => covers(run, atMs)));
  if (missed.length > 0 && !(await recordMissed(deps, schedule, missed, reason))) return;
  await deps.runs.setAccountedUntil(key, wholeMs);
}

/** Beside the runs that were planned, operators may have asked for some. */
const runsReadMax = scheduleLimits.missedCounted + 200;

/** EventBridge is a few seconds late at times, so the minute counts. */
function covers({ kind, plannedMs, missed }: ScheduleRun, atMs: EpochMs): boolean {
  if (kind === 'asked') return false;
  if (wholeMinute(plannedMs) === wholeMinute(atMs)) return true;
  return missed !== undefined && missed.sinceMs <= atMs && atMs <= plannedMs;
}

/** Ends what nobody goes on with and tells what nobody was told. @returns the instant before the first run under way. */
async function settleOpenRuns(deps: TellRunDeps, runs: readonly ScheduleRun[]): Promise<EpochMs> {
  const nowMs = deps.clock.nowMs();
  let untilMs = Number.POSITIVE_INFINITY;
  for (const run of runs) {
    if (isOver(run)) {
      await tellRun(deps, run);
    } else if ((run.startedMs ?? run.plannedMs) > nowMs - scheduleLimits.givenUpMs) {
      untilMs = Math.min(untilMs, run.plannedMs - 1);
    } else {
      await endRun(deps, run, { status: 'failed', because: 'The run broke off and was given up.' });
    }
  }
  return untilMs;
}

async function recordMissed(
  deps: TellRunDeps,
  { campaignId, name }: CampaignSchedule,
  missed: readonly EpochMs[],
  { because, isOnPurpose }: Reason,
): Promise<boolean> {
  const [sinceMs = 0] = missed;
  const plannedMs = missed.at(-1) ?? sinceMs;
  const run: ScheduleRun = {
    campaignId,
    scheduleName: name,
    id: runId(plannedMs, 'planned'),
    kind: 'planned',
    plannedMs,
    status: 'missed',
    isOnPurpose,
    because,
    endedMs: deps.clock.nowMs(),
    files: [],
    missed: { count: missed.length, sinceMs },
    isTold: false,
    version: 1,
  };
  if ((await deps.runs.write(run)) === 'conflict') return false;
  await tellRun(deps, run);
  return true;
}
