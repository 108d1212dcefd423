import type { UploadEvent, UploadEventName } from '../../events/upload-event/schema.ts';
import { type EventSettings, envelope } from '../bus/envelope.ts';
import type { EpochMs } from '../shared/clock.ts';

/** One step of an upload that others may want to hear of. */
export interface UploadStep {
  readonly type: UploadEventName;
  readonly atMs: EpochMs;
  /**
   * What makes the step the same one when it is told again: the version of the upload's record, because an upload may be paused
   * and go on several times.
   */
  readonly version: number | string;
  /** Counts as far as they are known by then. */
  readonly data: UploadEvent['data'];
}

/** The event of a step; told again, it has the same id. */
export const uploadEventOf = (
  { type, atMs, version, data }: UploadStep,
  settings: Pick<EventSettings, 'organizationId'>,
): UploadEvent => envelope(settings, { id: `${data.id}-v${version}`, type, atMs, subject: data.id, data });
