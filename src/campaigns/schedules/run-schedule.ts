import type { RunSchedule } from '../../../events/run-schedule/schema.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { scheduleLimits } from './limits.ts';
import { accountForMissed, lost, paused } from './missed-runs.ts';
import type { ScheduleKey, ScheduleStore } from './ports.ts';
import { type CampaignSchedule, type ScheduleRun, isOver, runId } from './schedule.ts';
import { type TakeFilesDeps, takeFiles } from './take-files.ts';
import { RunContendedError, type TellRunDeps, endRun, tellRun } from './tell-run.ts';

export interface RunScheduleDeps extends TellRunDeps, TakeFilesDeps {
  readonly schedules: Pick<ScheduleStore, 'read'>;
}

/**
 * What a message came to: how its run ended, or that nothing was to be done: there is no such schedule (any more), its times
 * were changed since, or this very run is over already.
 */
export type RunScheduleOutcome = ScheduleRun['status'] | 'gone' | 'superseded' | 'repeated';

/**
 * Runs a schedule once: takes its new files and gives each to an upload. The same message again does nothing, or goes on where
 * a crash broke off.
 * @throws RunContendedError where another delivery of the message is at work; FilesInterruptedError
 */
export async function runSchedule(deps: RunScheduleDeps, message: RunSchedule): Promise<RunScheduleOutcome> {
  const key: ScheduleKey = { campaignId: message.campaign, name: message.schedule };
  const stored = await deps.schedules.read(key);
  if (!stored) return 'gone';
  const { schedule } = stored;
  const wanted = runOf(key, message);
  if ('timingMs' in message) {
    if (message.timingMs !== schedule.timing.sinceMs) return 'superseded';
    // What is missing while a schedule is paused is accounted for when it goes on.
    if (schedule.enabled) {
      const untilMs = Math.min(deps.clock.nowMs() - scheduleLimits.graceMs, wanted.plannedMs - 1);
      await accountForMissed(deps, schedule, untilMs, lost);
    }
  }
  const run = await begin(deps, key, wanted);
  if (isOver(run)) {
    await tellRun(deps, run);
    return 'repeated';
  }
  return (await work(deps, schedule, run)).status;
}

function runOf({ campaignId, name }: ScheduleKey, message: RunSchedule): ScheduleRun {
  const kind = 'askedAt' in message ? 'asked' : 'planned';
  const plannedMs: EpochMs = Date.parse('askedAt' in message ? message.askedAt : message.plannedAt);
  return {
    campaignId,
    scheduleName: name,
    id: runId(plannedMs, kind),
    kind,
    plannedMs,
    status: 'running',
    ...('askedBy' in message && { askedBy: message.askedBy }),
    files: [],
    isTold: false,
    version: 1,
  };
}

/** Begins the run, goes on with one that broke off, or finds it over. */
async function begin(deps: RunScheduleDeps, key: ScheduleKey, wanted: ScheduleRun): Promise<ScheduleRun> {
  const nowMs = deps.clock.nowMs();
  const found = await deps.runs.read(key, wanted.id);
  if (found && isOver(found)) return found;
  if (found && (found.leaseUntilMs ?? 0) > nowMs) {
    throw new RunContendedError(`The run ${found.id} of ${key.name} is under way.`);
  }
  const run: ScheduleRun = {
    ...(found ?? wanted),
    startedMs: nowMs,
    leaseUntilMs: nowMs + scheduleLimits.leaseMs,
    version: (found?.version ?? 0) + 1,
  };
  if ((await deps.runs.write(run)) === 'conflict') {
    throw new RunContendedError(`The run ${run.id} of ${key.name} was begun twice at the same time.`);
  }
  return run;
}

async function work(deps: RunScheduleDeps, schedule: CampaignSchedule, run: ScheduleRun): Promise<ScheduleRun> {
  if (run.kind === 'planned') {
    if (!schedule.enabled) return endRun(deps, run, { status: 'missed', ...paused });
    if (run.plannedMs < deps.clock.nowMs() - scheduleLimits.lateMs) {
      return endRun(deps, run, { status: 'missed', because: tooLate });
    }
  }
  const taken = await takeFiles(deps, schedule, run);
  if (taken === 'incomplete') return endRun(deps, run, { status: 'failed', because: tooManyFiles });
  const { files, filesLeft } = taken;
  const refused = files.filter(({ problem }) => problem !== undefined).length;
  if (files.length === 0) return endRun(deps, run, { status: 'empty', files, filesLeft });
  return endRun(deps, run, {
    status: refused === files.length ? 'failed' : 'taken',
    files,
    filesLeft,
    ...(refused > 0 && { because: `${refused} of ${files.length} files could not be taken.` }),
  });
}

const tooLate = `The run could begin only more than ${scheduleLimits.lateMs / 60_000} minutes late; the next one takes its files.`;
const tooManyFiles =
  'There are more files under the prefix than a run looks at; delete or move those that were taken, or narrow the prefix.';
