import type { Clock, EpochMs } from '../../shared/clock.ts';
import { sha256 } from '../../shared/digest.ts';
import { activationMs } from './activation.ts';
import { scheduleLimits } from './limits.ts';
import type { ContactFile, ContactFiles, Taking, Takings, UploadOrder, UploadStarter } from './ports.ts';
import type { CampaignSchedule, ScheduleRun, TakenFile } from './schedule.ts';
import { minuteMs } from './timing.ts';

export interface TakeFilesDeps {
  readonly files: ContactFiles;
  readonly takings: Takings;
  readonly uploads: UploadStarter;
  readonly clock: Pick<Clock, 'nowMs'>;
}

export interface TakenFiles {
  readonly files: readonly TakenFile[];
  readonly filesLeft: number;
}

/** Some files could not be given to an upload for now; the others were. Trying the run again goes on with those. */
export class FilesInterruptedError extends Error {
  override readonly name = 'FilesInterruptedError';
  readonly code = 'files-interrupted';
}

/**
 * Gives the files that a run is to take to uploads. A file is first claimed, so that no other run takes it, then given to an
 * upload under a key of its content, so that going on after a crash starts no second upload.
 * @returns 'incomplete' where there are too many files under the prefix to tell which are new.
 * @throws FilesInterruptedError
 */
export async function takeFiles(
  deps: TakeFilesDeps,
  schedule: CampaignSchedule,
  run: ScheduleRun,
): Promise<TakenFiles | 'incomplete'> {
  const listed = await deps.files.list(schedule.source.prefix);
  if (listed === 'incomplete') return 'incomplete';
  const nowMs = deps.clock.nowMs();
  const candidates = chooseFiles(schedule.source.take, listed, nowMs);
  const known = await deps.takings.read(schedule.campaignId, candidates);
  const paired = candidates.map((file, index) => ({ file, before: known[index] }));
  const settled = paired.flatMap(({ before }) => (before && isOf(before, run) && isSettled(before) ? [before] : []));
  const open = paired.filter(({ before }) => !before || isFree(before, run, nowMs));
  const taken: TakenFile[] = settled.map(takenFile);
  const faults: unknown[] = [];
  // Those that an earlier try of this run settled count too, so that a run never takes more than its share.
  const now = open.slice(0, Math.max(0, scheduleLimits.filesPerRun - settled.length));
  for (const { file, before } of now) {
    try {
      const taking = await takeFile(deps, schedule, run, file, before);
      if (taking) taken.push(takenFile(taking));
    } catch (error) {
      // One file that makes trouble must not keep the others from their upload, now and at every run to come.
      faults.push(error);
    }
  }
  if (faults.length > 0) {
    throw new FilesInterruptedError(`${faults.length} of ${now.length} files could not be given to an upload.`, {
      cause: faults[0],
    });
  }
  return { files: taken, filesLeft: open.length - now.length };
}

/** The files that are new enough: the newest of them, or all with the oldest first. */
export function chooseFiles(
  take: CampaignSchedule['source']['take'],
  listed: readonly ContactFile[],
  nowMs: EpochMs,
): readonly ContactFile[] {
  const files = listed
    // What ends with a slash is a folder that some tool made.
    .filter(({ key, modifiedMs }) => !key.endsWith('/') && modifiedMs > nowMs - scheduleLimits.fileAgeMs)
    .sort((a, b) => a.modifiedMs - b.modifiedMs || (a.key < b.key ? -1 : 1));
  return take === 'newest' ? files.slice(-1) : files;
}

const isSettled = ({ uploadId, problem }: Taking): boolean => uploadId !== undefined || problem !== undefined;
const isOf = (taking: Taking, run: ScheduleRun): boolean =>
  taking.runId === run.id && taking.scheduleName === run.scheduleName;

/** A taking that broke off is free for its own run at once, and for others when that has had its time. */
const isFree = (taking: Taking, run: ScheduleRun, nowMs: EpochMs): boolean =>
  !isSettled(taking) && (isOf(taking, run) || taking.takenMs <= nowMs - scheduleLimits.givenUpMs);

const takenFile = ({ file, uploadId, problem }: Taking): TakenFile => ({
  key: file.key,
  ...(uploadId !== undefined && { uploadId }),
  ...(problem !== undefined && { problem }),
});

/** @returns undefined where another run was quicker. */
async function takeFile(
  deps: TakeFilesDeps,
  schedule: CampaignSchedule,
  run: ScheduleRun,
  file: ContactFile,
  before: Taking | undefined,
): Promise<Taking | undefined> {
  const { campaignId } = schedule;
  const takenMs = deps.clock.nowMs();
  // Whoever broke off may have started the upload, so what was asked for then is asked for again.
  const order = before?.order ?? orderOf(schedule, run, file, takenMs);
  const claim: Taking = { file, scheduleName: run.scheduleName, runId: run.id, takenMs, order };
  if ((await deps.takings.claim(campaignId, claim, before)) !== 'claimed') return undefined;
  const started = await deps.uploads.start({ key: file.key, etag: file.etag }, order);
  const taking: Taking = started.ok
    ? { ...claim, uploadId: started.value.id }
    : { ...claim, problem: `The upload was refused: ${started.failure.code}.` };
  await deps.takings.settle(campaignId, taking);
  return taking;
}

/** Webex counts the time until a list becomes active from when it is made. */
const lagMinutesMax = 43_200;

function orderOf(
  { campaignId, name, activation, mapping, timing }: CampaignSchedule,
  run: ScheduleRun,
  { key, etag }: ContactFile,
  nowMs: EpochMs,
): UploadOrder {
  const lagMinutes = activation && Math.ceil((activationMs(activation, timing.timeZone, nowMs) - nowMs) / minuteMs);
  return {
    campaignId,
    name: `${name} ${run.id.slice(0, 16)}Z ${key.slice(key.lastIndexOf('/') + 1)}`.slice(0, 200),
    idempotencyKey: sha256(JSON.stringify(['scheduled-file', key, etag])),
    by: run.askedBy ?? `schedule:${name}`,
    ...(mapping && { mapping }),
    ...(lagMinutes !== undefined && { activationLagMinutes: Math.min(lagMinutes, lagMinutesMax) }),
  };
}
