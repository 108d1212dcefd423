import type { PolicyTable } from '../policy/table.ts';
import type { EmergencyBan } from '../policy/types.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { PlanLists, PlanSink } from './plan-ports.ts';
import { type CampaignDeps, campaignOf, refused, replaceUpload, withPlan } from './plan-record.ts';
import { planUpload } from './plan-upload.ts';
import { PlanningNotes, timeCheck } from './planning-notes.ts';
import type { SplitStarter } from './split/ports.ts';
import { UploadFileError } from './upload-error.ts';
import type { ContactFile, PushQueue, Upload, UploadLedger } from './upload.ts';

/** Where the plan of one upload is written. */
export interface PlanTarget extends PlanSink {
  finish(): Promise<void>;
  abandon(): Promise<void>;
}

/** A contact file as it is now. */
export interface OpenFile {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly sizeBytes: number;
  readonly etag: string;
}

export interface PlanFileDeps extends CampaignDeps {
  readonly ledger: UploadLedger;
  readonly files: { open(file: ContactFile): Promise<OpenFile | undefined> };
  readonly targetOf: (uploadId: string) => PlanTarget;
  readonly listsOf: (upload: Upload, nowMs: EpochMs) => PlanLists;
  readonly readBans: () => Promise<readonly EmergencyBan[]>;
  readonly table: PolicyTable;
  readonly pushes: PushQueue;
  /** Plans larger files in parts. */
  readonly splits: SplitStarter;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Tells this planner from others. */
  readonly owner: string;
}

/**
 * `not-wanted`: there is a plan already, or the upload was cancelled. `split`: the file is planned in parts, by others.
 */
export type PlanFileOutcome = 'planned' | 'refused' | 'split' | 'not-wanted' | 'not-found';

/** Another planner is at it; whoever asked asks again after its time is over. */
export class PlanBusyError extends Error {
  override readonly name = 'PlanBusyError';
  readonly code = 'plan-busy';
}

/**
 * Plans the file of an upload, once: what it comes to stands in the record, and a pusher is called. A planner that dies
 * leaves nothing that counts, and the next one begins anew. A file too large for one pass is planned in parts.
 * @param deadlineMs when this planner ends at the latest
 * @throws PlanBusyError
 */
export async function planFile(deps: PlanFileDeps, uploadId: string, deadlineMs: EpochMs): Promise<PlanFileOutcome> {
  const found = await deps.ledger.find(uploadId);
  if (!found) return 'not-found';
  if (found.status === 'ready') await deps.pushes.send(uploadId, 0);
  if (found.status !== 'waiting-for-file' && found.status !== 'planning') return 'not-wanted';
  if (found.lease && found.lease.untilMs > deps.clock.nowMs())
    throw new PlanBusyError(`Another planner works on upload ${uploadId}.`);

  const lease = { owner: deps.owner, untilMs: deadlineMs };
  const begun = await replaceUpload(deps.ledger, { ...found, status: 'planning', lease });
  if (!begun) throw new PlanBusyError(`Another planner took upload ${uploadId}.`);
  const file = await deps.files.open(begun.source);
  if (file && file.sizeBytes > deps.settings.uploads.split.beyondBytes) return handOver(deps, begun, file);
  const planned = file ? await plan(deps, begun, file, deadlineMs) : refused(begun, fileGone);
  // A record that has changed meanwhile was cancelled.
  const written = await replaceUpload(deps.ledger, { ...planned, lease: undefined, planning: undefined });
  if (!written) return 'not-wanted';
  if (written.status === 'ready') await deps.pushes.send(uploadId, 0);
  return written.status === 'refused' ? 'refused' : 'planned';
}

export const fileGone = 'The file is not there, or it was replaced since the upload was asked for: start a new upload.';

/** The record is let go first: whoever plans the parts writes it. Who dies in between is followed by the next message. */
async function handOver(deps: PlanFileDeps, begun: Upload, { etag }: OpenFile): Promise<PlanFileOutcome> {
  const source = { ...begun.source, etag };
  const left = await replaceUpload(deps.ledger, { ...begun, source, lease: undefined });
  if (!left) return 'not-wanted';
  await deps.splits.start(begun.id);
  return 'split';
}

async function plan(deps: PlanFileDeps, upload: Upload, file: OpenFile, deadlineMs: EpochMs): Promise<Upload> {
  const nowMs = deps.clock.nowMs();
  const target = deps.targetOf(upload.id);
  const notes = new PlanningNotes(deps, upload.id);
  const checkTime = timeCheck(deps.clock, deadlineMs);
  try {
    const campaign = await campaignOf(deps, upload);
    const made = await planUpload(
      {
        lists: deps.listsOf(upload, nowMs),
        sink: target,
        table: deps.table,
        bans: await deps.readBans(),
        onProgress: (progress) => {
          checkTime();
          notes.take({ ...progress, sizeBytes: file.sizeBytes });
        },
      },
      { chunks: file.chunks, campaign, nowMs },
    );
    await Promise.all([target.finish(), notes.settled()]);
    return withPlan({ ...upload, source: { ...upload.source, etag: file.etag } }, campaign, made);
  } catch (error) {
    await Promise.all([target.abandon(), notes.settled()]);
    if (error instanceof UploadFileError) return refused(upload, error.message);
    throw error;
  }
}
