import type { GatherContacts } from '../../../events/gather-contacts/schema.ts';
import { uploadIdOf } from '../../campaigns/start-upload.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { batchRestMs } from './limits.ts';

/** Which contacts become one upload: those that one source asked for, for one campaign, within one stretch of time. */
export type Batch = GatherContacts;

/** Stretches follow one another without a gap, from 1970 on. */
export function batchAt(nowMs: EpochMs, { campaign, source, seconds }: Omit<Batch, 'startMs'>): Batch {
  const lengthMs = seconds * 1_000;
  return { campaign, source, startMs: Math.floor(nowMs / lengthMs) * lengthMs, seconds };
}

/** From then on nothing comes into the batch any more. */
export const closedAtMs = ({ startMs, seconds }: Batch): EpochMs => startMs + seconds * 1_000 + batchRestMs;

/** What makes its upload one, however often it is started; a line break stands in no header, so no operator's key is the same. */
export const batchKey = ({ source, startMs, seconds }: Batch): string => `trigger\n${source}\n${startMs}\n${seconds}`;

/** Known before there is an upload, so that whoever asks can be told. */
export const uploadOfBatch = (batch: Batch): string => uploadIdOf(batch.campaign, batchKey(batch));
