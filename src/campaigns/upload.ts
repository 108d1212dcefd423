import type { CampaignPlan } from '../../events/campaign-plan/schema.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { UploadRecord } from './push-ports.ts';
import type { UploadMapping } from './upload-settings.ts';

/** A file in the bucket of contact files. */
export interface ContactFile {
  readonly key: string;
  /** The version that is meant; absent where it is whatever lies there when the plan begins. */
  readonly etag?: string | undefined;
}

/** How far the plan of a file came. */
export interface PlanningNote {
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly bytes: number;
  readonly sizeBytes: number;
  /** How many parts follow where a file is planned in parts; 0 while that is being found out. */
  readonly parts?: number | undefined;
}

/** How many contacts had been sent at an instant. */
export interface PaceSample {
  readonly sent: number;
  readonly atMs: EpochMs;
}

/** One file, or as many contacts, on its way into one contact list: everything that is on record about it. */
export interface Upload extends UploadRecord {
  readonly name?: string | undefined;
  /** Who asked for it: `operator:…`, `schedule:…`, `trigger:…`. */
  readonly by: string;
  readonly createdAtMs: EpochMs;
  /** Of what was asked for, where an idempotency key came with it. */
  readonly requestSha256?: string | undefined;
  readonly source: ContactFile;
  /** Of the request; it goes before the campaign's own. */
  readonly mapping?: UploadMapping | undefined;
  /** Of the request; it goes before the campaign's own. */
  readonly activationLagMinutes?: number | undefined;
  /** Since it was made. */
  readonly plan?: CampaignPlan | undefined;
  /** Absent before the first look, and where nobody needs it any more. */
  readonly planning?: PlanningNote | undefined;
  /** The parts that are done of a plan in parts. */
  readonly partsPlanned?: ReadonlySet<string> | undefined;
  readonly pace?: { readonly earlier: PaceSample; readonly latest: PaceSample } | undefined;
  /** When Webex's list was set to expired. */
  readonly listExpiredAtMs?: EpochMs | undefined;
}

/** Where uploads are kept, whatever their status. All reads are strongly consistent. */
export interface UploadLedger {
  /** @returns the upload with the same id that is there already, which stays as it is. */
  add(upload: Upload): Promise<'added' | Upload>;
  find(uploadId: string): Promise<Upload | undefined>;
  /** Writes `after` if the record still has the version before it. */
  replace(after: Upload): Promise<'written' | 'conflict'>;
  notePlanning(uploadId: string, note: PlanningNote): Promise<void>;
  /** Notes once, however often it is told, that a part of a plan is done. */
  notePart(uploadId: string, part: string): Promise<void>;
  notePace(uploadId: string, pace: NonNullable<Upload['pace']>): Promise<void>;
}

/** Has files planned. Messages may come late and twice. */
export interface PlanQueue {
  send(uploadId: string): Promise<void>;
}

/** Has planned uploads sent on. Messages may come late and twice. */
export interface PushQueue {
  send(uploadId: string, delaySeconds: number): Promise<void>;
}

/** Columns that an operator has confirmed for a campaign without a mapping in the settings. */
export interface ConfirmedMappings {
  find(campaignId: string): Promise<UploadMapping | undefined>;
  keep(campaignId: string, mapping: UploadMapping, confirmed: { by: string; atMs: EpochMs }): Promise<void>;
}
