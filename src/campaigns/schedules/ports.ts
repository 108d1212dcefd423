import type { ScheduleRunEnded } from '../../../events/schedule-run-ended/schema.ts';
import type { RunSchedule } from '../../../events/run-schedule/schema.ts';
import type { EpochMs } from '../../shared/clock.ts';
import type { Result } from '../../shared/result.ts';
import type { StartUploadCommand } from '../start-upload.ts';
import type { CampaignSchedule, ScheduleRun, StoredSchedule } from './schedule.ts';

/** A schedule by its campaign and name. */
export interface ScheduleKey {
  readonly campaignId: string;
  readonly name: string;
}

export interface SchedulePage {
  readonly schedules: readonly StoredSchedule[];
  /** The last name of the page; absent where there is no further one. */
  readonly next?: string | undefined;
}

/** Where schedules are kept. Reads are strongly consistent. */
export interface ScheduleStore {
  read(key: ScheduleKey): Promise<StoredSchedule | undefined>;
  /** By name, from just after `after`. */
  list(
    campaignId: string,
    page: { readonly limit: number; readonly after?: string | undefined },
  ): Promise<SchedulePage>;
  /** Writes `after` if the stored version is the one before it (1: if there is none). */
  write(after: CampaignSchedule): Promise<'written' | 'conflict'>;
  /** Deletes it if it still has this version. */
  remove(key: ScheduleKey, version: number): Promise<'removed' | 'conflict'>;
  /** Notes that the timer stands by this version, if the schedule still has it. */
  markTimed(key: ScheduleKey, version: number): Promise<void>;
}

/** The timers of schedules, in EventBridge Scheduler. */
export interface ScheduleTimers {
  /** Creates or changes the timer. @param firstMs the first planned time, from which a rate counts; undefined where none is left */
  set(schedule: CampaignSchedule, firstMs: EpochMs | undefined): Promise<void>;
  /** Does nothing where there is none. */
  clear(key: ScheduleKey): Promise<void>;
}

export interface RunPage {
  readonly runs: readonly ScheduleRun[];
  readonly next?: string | undefined;
}

/** The history of runs, kept for a while. Reads are strongly consistent. */
export interface RunStore {
  read(key: ScheduleKey, runId: string): Promise<ScheduleRun | undefined>;
  /** Writes `after` if the stored version is the one before it (1: if there is none). */
  write(after: ScheduleRun): Promise<'written' | 'conflict'>;
  /** The newest first, from just before `before`. */
  list(key: ScheduleKey, page: { readonly limit: number; readonly before?: string | undefined }): Promise<RunPage>;
  /** Every run that was planned after `fromMs` and until `toMs`, the oldest first, at most `limit`. */
  between(key: ScheduleKey, fromMs: EpochMs, toMs: EpochMs, limit: number): Promise<readonly ScheduleRun[]>;
  /** Until when every planned time has its run or was told as missed. */
  readAccountedUntil(key: ScheduleKey): Promise<EpochMs | undefined>;
  /** Never moves it back. */
  setAccountedUntil(key: ScheduleKey, untilMs: EpochMs): Promise<void>;
}

/** A file in the bucket of contact files. Key and ETag together are one content. */
export interface ContactFile {
  readonly key: string;
  readonly etag: string;
  /** When it was put there; of an upload in parts, when that began. */
  readonly modifiedMs: EpochMs;
}

export interface ContactFiles {
  /** `incomplete` where there are more than the adapter reads; then no file is told. */
  list(prefix: string): Promise<readonly ContactFile[] | 'incomplete'>;
}

/** Who took a file, and into which upload; without one, the taking is under way or broke off. */
export interface Taking {
  readonly file: ContactFile;
  readonly scheduleName: string;
  readonly runId: string;
  readonly takenMs: EpochMs;
  readonly order: UploadOrder;
  readonly uploadId?: string | undefined;
  readonly problem?: string | undefined;
}

/** Which files of a campaign were taken. Each is taken once, whatever schedule saw it first. */
export interface Takings {
  /** In the order of the files. */
  read(campaignId: string, files: readonly ContactFile[]): Promise<readonly (Taking | undefined)[]>;
  /** Writes it where there is none yet, or only one of `over`. */
  claim(campaignId: string, taking: Taking, over?: Taking): Promise<'claimed' | 'taken-by-another'>;
  settle(campaignId: string, taking: Taking): Promise<void>;
}

/** What an upload of a file is asked for with; fixed when the file is claimed, so that asking again is the same request. */
export type UploadOrder = Omit<StartUploadCommand, 'source'>;

export interface UploadStarter {
  /** The same order for the same file never starts a second upload, and answers with the first. */
  start(
    file: Pick<ContactFile, 'key' | 'etag'>,
    order: UploadOrder,
  ): Promise<Result<{ readonly id: string }, { readonly code: string }>>;
}

/** Tells the world beyond how runs ended. */
export interface RunBus {
  runEnded(event: ScheduleRunEnded): Promise<void>;
}

export interface RunQueue {
  send(message: RunSchedule): Promise<void>;
}
