import type { PolicyTable } from '../../policy/table.ts';
import type { EmergencyBan } from '../../policy/types.ts';
import type { Clock, EpochMs } from '../../shared/clock.ts';
import type { OpenFile } from '../plan-file.ts';
import type { PlanLists, PlanSink } from '../plan-ports.ts';
import type { CampaignDeps } from '../plan-record.ts';
import type { SegmentLimits } from '../segment.ts';
import type { ContactFile, PushQueue, Upload, UploadLedger } from '../upload.ts';
import type { GrowingObject, SplitObjects } from './ports.ts';

/** Bytes of a file, from one to the byte before another. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** Where the joined plan of one upload is written. */
export interface JoinTarget extends Pick<PlanSink, 'writeBlock'> {
  readonly report: GrowingObject;
  /** Resolves when every block is written. */
  settled(): Promise<void>;
}

export interface PlanPartDeps extends CampaignDeps {
  readonly ledger: UploadLedger;
  readonly files: { open(file: ContactFile, bytes?: ByteRange): Promise<OpenFile | undefined> };
  readonly objects: SplitObjects;
  readonly targetOf: (uploadId: string) => JoinTarget;
  readonly listsOf: (upload: Upload, nowMs: EpochMs) => PlanLists;
  readonly readBans: () => Promise<readonly EmergencyBan[]>;
  readonly table: PolicyTable;
  readonly pushes: PushQueue;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly segment?: SegmentLimits;
}

/** `not-wanted`: there is a plan already, or the upload was cancelled. `done`: the next step may begin. */
export type PlanPartOutcome = 'done' | 'planned' | 'refused' | 'not-wanted';
