import type { UploadEvent, UploadEventName } from '../../events/upload-event/schema.ts';
import type { EventSettings } from '../bus/envelope.ts';
import type { Bus } from '../bus/ports.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { UploadRecord, UploadStore } from './push-ports.ts';
import { uploadEventOf } from './upload-event.ts';
import { pushProgress } from './upload-progress.ts';
import type { Upload } from './upload.ts';

export interface AnnounceUploadDeps extends Pick<EventSettings, 'organizationId'> {
  readonly uploads: Pick<UploadStore, 'readBlocks'>;
  readonly bus: Bus;
}

/** One change of an upload's record, as the stream of its table tells it. */
export interface UploadChange {
  readonly upload: Upload;
  /** Absent where the upload is new. */
  readonly before?: Upload;
  readonly atMs: EpochMs;
}

/**
 * Tells the bus what a change of an upload is to others. A version of the record is at most one event of a kind, so a change
 * that the stream tells twice gives events with the same ids. What was sent is counted when it is told.
 * @returns the events that were told
 */
export async function announceUpload(deps: AnnounceUploadDeps, change: UploadChange): Promise<readonly UploadEvent[]> {
  const types = uploadStepsOf(change);
  if (types.length === 0) return [];
  const { upload, atMs } = change;
  const sent = types.some((type) => countsWhatWasSent.has(type)) ? await whatWasSent(deps, upload, atMs) : {};
  const events = types.map((type, index) =>
    uploadEventOf(
      {
        type,
        atMs,
        // A file without a row that may be sent is planned and finished in one write.
        version: index === 0 ? upload.version : `${upload.version}-${upload.status}`,
        data: { ...dataOf(upload, type), ...(countsWhatWasSent.has(type) && sent) },
      },
      deps,
    ),
  );
  for (const event of events) await deps.bus.publish(event);
  return events;
}

/** The events that a change is, in their order; none where it is nobody else's business, such as a lease that was taken. */
export function uploadStepsOf({ upload, before }: Pick<UploadChange, 'upload' | 'before'>): UploadEventName[] {
  if (!before) return ['upload.started.v1'];
  const status = upload.status === before.status ? undefined : typeByStatus[upload.status];
  return [...(upload.plan && !before.plan ? (['upload.planned.v1'] as const) : []), ...(status ? [status] : [])];
}

const typeByStatus: Readonly<Partial<Record<UploadRecord['status'], UploadEventName>>> = {
  refused: 'upload.refused.v1',
  paused: 'upload.paused.v1',
  finished: 'upload.finished.v1',
  cancelled: 'upload.cancelled.v1',
  expired: 'upload.expired.v1',
};

const countsWhatWasSent: ReadonlySet<UploadEventName> = new Set([
  'upload.paused.v1',
  'upload.finished.v1',
  'upload.cancelled.v1',
  'upload.expired.v1',
]);

async function whatWasSent({ uploads }: AnnounceUploadDeps, { id, plan }: Upload, atMs: EpochMs) {
  if (!plan) return {};
  const { sent, uncertain, refused, leftOut } = pushProgress(plan, await uploads.readBlocks(id), atMs);
  return { sent, uncertain, refused, leftOut };
}

const becauseCharactersMax = 1_000;

/** What stopped an upload once is no reason for a person's cancelling it later. */
const hasReason: ReadonlySet<UploadEventName> = new Set(['upload.paused.v1', 'upload.refused.v1']);

const dataOf = ({ id, campaignId, name, because = '', plan }: Upload, type: UploadEventName): UploadEvent['data'] => ({
  id,
  campaign: campaignId,
  ...(name !== undefined && { name }),
  ...(because !== '' && hasReason.has(type) && { because: because.slice(0, becauseCharactersMax) }),
  ...(plan && { rows: plan.rows, accepted: plan.accepted, rejected: plan.rejected }),
});
