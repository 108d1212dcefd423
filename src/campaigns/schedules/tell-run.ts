import type { ScheduleRunView } from '../../../events/campaign-schedule/schema.ts';
import type { ScheduleRunEnded } from '../../../events/schedule-run-ended/schema.ts';
import type { Clock } from '../../shared/clock.ts';
import type { RunBus, RunStore } from './ports.ts';
import type { ScheduleRun, finalRunStatuses } from './schedule.ts';

export interface TellRunDeps {
  readonly runs: RunStore;
  readonly bus: RunBus;
  /** For logs, metrics and the alarm. */
  readonly onEnded: (run: ScheduleRun) => void;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly organizationId: string;
}

/** Somebody else wrote the run at the same time; asking again mends it. */
export class RunContendedError extends Error {
  override readonly name = 'RunContendedError';
  readonly code = 'run-contended';
}

/**
 * Writes how a run ended and tells it.
 * @throws RunContendedError
 */
export async function endRun(
  deps: TellRunDeps,
  run: ScheduleRun,
  end: Pick<ScheduleRun, 'status'> & Partial<Pick<ScheduleRun, 'because' | 'files' | 'filesLeft' | 'isOnPurpose'>>,
): Promise<ScheduleRun> {
  const ended: ScheduleRun = {
    ...run,
    ...end,
    leaseUntilMs: undefined,
    endedMs: deps.clock.nowMs(),
    isTold: false,
    version: run.version + 1,
  };
  if ((await deps.runs.write(ended)) === 'conflict') {
    throw new RunContendedError(`The run ${run.id} of ${run.scheduleName} was changed while it ended.`);
  }
  return tellRun(deps, ended);
}

/** Tells a run that is over, unless it is told. After a crash it may be told twice, with the same id. */
export async function tellRun(deps: TellRunDeps, run: ScheduleRun): Promise<ScheduleRun> {
  const { status } = run;
  if (run.isTold || status === 'running') return run;
  await deps.bus.runEnded(eventOf(run, status, deps.organizationId));
  deps.onEnded(run);
  const told: ScheduleRun = { ...run, isTold: true, version: run.version + 1 };
  // Whoever was quicker has told it as well.
  await deps.runs.write(told);
  return told;
}

/** Whether somebody must look: a run that is missed though nobody wanted that, or files that could not be taken. */
export const needsAttention = (run: ScheduleRun): 'missed' | 'failed' | undefined => {
  if (run.status === 'missed' && !run.isOnPurpose) return 'missed';
  return run.status === 'failed' || run.files.some(({ problem }) => problem) ? 'failed' : undefined;
};

const instant = (atMs: number): string => new Date(atMs).toISOString();

/** A run as operators and the bus see it. */
export const runView = (run: ScheduleRun): ScheduleRunView => ({
  id: run.id,
  kind: run.kind,
  plannedAt: instant(run.plannedMs),
  status: run.status,
  ...(run.because !== undefined && { because: run.because }),
  ...(run.endedMs !== undefined && { endedAt: instant(run.endedMs) }),
  ...(run.askedBy !== undefined && { askedBy: run.askedBy }),
  files: run.files.map(({ key, uploadId, problem }) => ({
    key,
    ...(uploadId !== undefined && { upload: uploadId }),
    ...(problem !== undefined && { problem }),
  })),
  ...(run.filesLeft ? { filesLeft: run.filesLeft } : {}),
  ...(run.missed && { missed: { count: run.missed.count, since: instant(run.missed.sinceMs) } }),
});

const eventOf = (
  run: ScheduleRun,
  status: (typeof finalRunStatuses)[number],
  organizationId: string,
): ScheduleRunEnded => ({
  specversion: '1.0',
  id: `${run.campaignId}/${run.scheduleName}/${run.id}`,
  source: `urn:ringback:${organizationId}`,
  type: 'schedule-run.ended.v1',
  time: instant(run.endedMs ?? run.plannedMs),
  datacontenttype: 'application/json',
  data: { campaign: run.campaignId, schedule: run.scheduleName, run: { ...runView(run), status } },
});
