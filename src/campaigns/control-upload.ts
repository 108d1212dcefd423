import type { Clock } from '../shared/clock.ts';
import { type Result, fail, ok } from '../shared/result.ts';
import { askUntilProcessed } from './ask-until-processed.ts';
import { BlockKeeper } from './block-keeper.ts';
import { chunksIn, releaseChunk } from './chunk-states.ts';
import type { ContactListGateway, UploadRecord, UploadStore } from './push-ports.ts';

export type ControlFailure =
  | { readonly code: 'upload-not-found' }
  /** The upload's status does not allow it. */
  | { readonly code: 'upload-status'; readonly status: UploadRecord['status'] }
  /** A pusher has not let go of it yet; it can be asked again. */
  | { readonly code: 'upload-busy' }
  /** Webex did not set the list to expired; nothing more is sent all the same, and it can be asked again. */
  | { readonly code: 'list-not-expired'; readonly words: string };

const roundsMax = 10;
/** A request that is on its way when an upload is paused takes 15 s at most, and mostly much less. */
const letGoMsMax = 16_000;
const lookEveryMs = 250;

/** Others kept being first. */
export class UploadContendedError extends Error {
  override readonly name = 'UploadContendedError';
  readonly code = 'upload-contended';
}

type Controlled = Promise<Result<UploadRecord, ControlFailure>>;

/** Lets an upload begin whose columns were guessed. */
export const confirmUpload = (uploads: UploadStore, uploadId: string): Controlled =>
  change(uploads, uploadId, ['unconfirmed', 'ready'], (upload) => ({ ...upload, status: 'ready' }));

/** Nothing more is sent; what is on its way is settled. */
export const pauseUpload = (uploads: UploadStore, uploadId: string): Controlled =>
  change(uploads, uploadId, ['ready', 'pushing', 'paused'], (upload) => ({ ...upload, status: 'paused' }));

/** Lets a pusher go on. */
export const resumeUpload = (uploads: UploadStore, uploadId: string): Controlled =>
  change(uploads, uploadId, ['ready', 'pushing', 'paused'], (upload) =>
    upload.status === 'paused' ? { ...upload, status: 'ready', because: undefined } : upload,
  );

/** Nothing more is sent, and Webex's list expires, so that nobody in it is called any more. May be asked again. */
export async function cancelUpload(
  { uploads, lists, clock }: { uploads: UploadStore; lists: Pick<ContactListGateway, 'expire'>; clock: Clock },
  uploadId: string,
  deadlineMs: number,
): Controlled {
  const cancelled = await change(
    uploads,
    uploadId,
    ['waiting-for-file', 'planning', 'unconfirmed', 'ready', 'pushing', 'paused', 'finished', 'cancelled'],
    (upload) => ({
      ...upload,
      status: 'cancelled',
    }),
  );
  const contactListId = cancelled.ok ? cancelled.value.contactListId : undefined;
  if (contactListId === undefined) return cancelled;
  const answer = await askUntilProcessed({ clock, deadlineMs }, () => lists.expire(contactListId));
  return answer.outcome === 'done' ? cancelled : fail({ code: 'list-not-expired', words: answer.words });
}

/**
 * Makes chunks pending again whose fate a person has looked into: uncertain ones, which Webex may have, so that their
 * contacts may be called twice, or ones that Webex refused. Waits for a pusher that is putting the upload down, because
 * what is on its way with it may be refused or become uncertain yet.
 */
export async function sendAgain(
  { uploads, clock }: { uploads: UploadStore; clock: Clock },
  uploadId: string,
  which: 'uncertain' | 'refused',
): Controlled {
  const allowed = ['paused', 'finished'] as const;
  const paused = await change(uploads, uploadId, allowed, (upload) => ({
    ...upload,
    status: 'paused',
    counted: undefined,
    ...(which === 'uncertain' && { isCountSpoilt: true as const }),
  }));
  if (!paused.ok) return paused;
  if (!(await isLetGo(uploads, clock, uploadId))) return fail({ code: 'upload-busy' });
  for (const record of await uploads.readBlocks(uploadId)) {
    if (chunksIn(record, which).length === 0) continue;
    await new BlockKeeper(uploads, uploadId, record).change((each) => chunksIn(each, which).reduce(releaseChunk, each));
  }
  return resumeUpload(uploads, uploadId);
}

async function isLetGo(uploads: UploadStore, clock: Clock, uploadId: string): Promise<boolean> {
  const untilMs = clock.nowMs() + letGoMsMax;
  for (;;) {
    const lease = (await uploads.read(uploadId))?.lease;
    if (!lease || lease.untilMs <= clock.nowMs()) return true;
    if (clock.nowMs() >= untilMs) return false;
    await clock.sleep(lookEveryMs);
  }
}

async function change(
  uploads: UploadStore,
  uploadId: string,
  allowed: readonly UploadRecord['status'][],
  make: (upload: UploadRecord) => UploadRecord,
): Controlled {
  for (let round = 0; round < roundsMax; round += 1) {
    const upload = await uploads.read(uploadId);
    if (!upload) return fail({ code: 'upload-not-found' });
    if (!allowed.includes(upload.status)) return fail({ code: 'upload-status', status: upload.status });
    const after = { ...make(upload), version: upload.version + 1 };
    if ((await uploads.write(after)) === 'written') return ok(after);
  }
  throw new UploadContendedError(`Upload ${uploadId} is written by others.`);
}
