import { type StartUploadDeps, startWithContacts } from '../../campaigns/start-upload.ts';
import type { UploadLedger } from '../../campaigns/upload.ts';
import type { Clock } from '../../shared/clock.ts';
import { type Batch, batchKey, closedAtMs, uploadOfBatch } from './batch.ts';
import type { BatchQueue, BatchStore, ContactColumns } from './ports.ts';

export interface GatherContactsDeps extends StartUploadDeps {
  readonly ledger: Pick<UploadLedger, 'add' | 'find'>;
  readonly files: { put(key: string, text: string): Promise<void> };
  readonly store: Pick<BatchStore, 'contactsOf'>;
  readonly queue: BatchQueue;
  /** Of the world, by which batches are closed. */
  readonly worldClock: Pick<Clock, 'nowMs'>;
}

export interface GatherOutcome {
  readonly outcome: 'started' | 'empty' | 'too-early' | 'started-before';
  readonly uploadId: string;
  readonly contacts?: number;
}

/** A closed batch has other contacts than before: a fault of ours that must not become a second upload. */
export class BatchChangedError extends Error {
  override readonly name = 'BatchChangedError';
  readonly code = 'batch-changed';
}

/** Starts the upload of a batch's contacts, once nothing comes into it any more. The same batch again starts nothing new. */
export async function gatherContacts(deps: GatherContactsDeps, batch: Batch): Promise<GatherOutcome> {
  const uploadId = uploadOfBatch(batch);
  const earlyMs = closedAtMs(batch) - deps.worldClock.nowMs();
  if (earlyMs > 0) {
    await deps.queue.send(batch, Math.ceil(earlyMs / 1_000));
    return { outcome: 'too-early', uploadId };
  }
  const before = await deps.ledger.find(uploadId);
  if (before && before.status !== 'waiting-for-file') return { outcome: 'started-before', uploadId };
  const contacts = sameColumns(await deps.store.contactsOf(uploadId));
  if (contacts.length === 0) return { outcome: 'empty', uploadId };
  const { campaign, source, startMs } = batch;
  const started = await startWithContacts(deps, {
    campaignId: campaign,
    idempotencyKey: batchKey(batch),
    by: `trigger:${source}`,
    name: `${source} ${new Date(startMs).toISOString()}`,
    contacts: [...contacts],
  });
  if (!started.ok) throw new BatchChangedError(`The contacts of upload ${uploadId} are not what they were.`);
  return { outcome: 'started', uploadId, contacts: contacts.length };
}

/** A file's columns are those of its first rows, so each row names all of them. */
function sameColumns(contacts: readonly ContactColumns[]): readonly ContactColumns[] {
  const names = [...new Set(contacts.flatMap((contact) => Object.keys(contact)))];
  return contacts.map((contact) => Object.fromEntries(names.map((name) => [name, contact[name] ?? ''])));
}
