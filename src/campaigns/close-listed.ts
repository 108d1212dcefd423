import type { CampaignChunk } from '../../events/campaign-chunk/schema.ts';
import { type AskLimits, askUntilProcessed } from './ask-until-processed.ts';
import type { BlockKeeper } from './block-keeper.ts';
import { type BlockRecord, chunksIn, queueChunk, statusOf } from './chunk-states.ts';
import { type Contact, type UploadWithList, contactId } from './contact-in-list.ts';
import type { ListedNumbers } from './plan-ports.ts';
import type { ContactListGateway, PlannedChunks } from './push-ports.ts';

export interface CloseContactsDeps extends Pick<AskLimits, 'clock' | 'deadlineMs'> {
  readonly lists: Pick<ContactListGateway, 'close'>;
}

export interface CloseMissedDeps extends CloseContactsDeps {
  readonly chunks: PlannedChunks;
  /** Our own do-not-call list, strongly consistent. */
  readonly suppressed: ListedNumbers;
}

export type Closing =
  | { readonly outcome: 'closed' }
  /** A contact of a suppressed number may still be called, and must be closed later. */
  | { readonly outcome: 'open' }
  | { readonly outcome: 'refused'; readonly words: string };

/** @param contacts of numbers that were suppressed on their way, when whoever closes suppressed numbers found nobody yet */
export async function closeContacts(
  { lists, clock, deadlineMs }: CloseContactsDeps,
  upload: UploadWithList,
  contacts: readonly Contact[],
): Promise<Closing> {
  let closing: Closing = { outcome: 'closed' };
  for (const contact of contacts) {
    if (clock.nowMs() >= deadlineMs) return { outcome: 'open' };
    // Also while the upload is being paused: the list is dialed on.
    const answer = await askUntilProcessed({ clock, deadlineMs }, () =>
      lists.close(upload.contactListId, contactId(contact, upload)),
    );
    if (answer.outcome === 'done') continue;
    if (answer.outcome !== 'refused') closing = { outcome: 'open' };
    else if (closing.outcome === 'closed') closing = answer;
  }
  return closing;
}

/**
 * Looks again at the contacts that Webex has or may have and that nobody has looked at since they came there, closes those
 * whose numbers were suppressed meanwhile, and settles what arrived.
 */
export async function closeMissed(
  deps: CloseMissedDeps,
  upload: UploadWithList,
  keepers: readonly BlockKeeper[],
): Promise<Closing> {
  let closing: Closing = { outcome: 'closed' };
  for (const keeper of keepers) {
    const missed = await chunksMissed(deps.chunks, upload.id, keeper.record);
    if (missed.length === 0) continue;
    const listed = await deps.suppressed(missed.flatMap(({ contacts }) => contacts.map(([, number]) => number)));
    for (const { chunk, contacts } of missed) {
      const suppressed = contacts.filter(([, number]) => listed.has(number));
      const closed = await closeContacts(deps, upload, suppressed);
      const hasArrived = statusOf(keeper.record, chunk) === 'arrived';
      // Webex may refuse to close who is not there.
      const isRefused = closed.outcome === 'refused' && hasArrived;
      if (closed.outcome === 'open' || isRefused) closing = closing.outcome === 'open' ? closing : closed;
      else if (hasArrived) await keeper.change((record) => queueChunk(record, chunk));
    }
  }
  return closing;
}

/** With those contacts alone that were in their requests. */
async function chunksMissed(chunks: PlannedChunks, uploadId: string, record: BlockRecord): Promise<CampaignChunk[]> {
  const missed = new Set([...chunksIn(record, 'arrived'), ...chunksIn(record, 'uncertain')]);
  if (missed.size === 0) return [];
  const left = new Set(record.notes.flatMap(({ leftOut = [], repeated = [] }) => [...leftOut, ...repeated]));
  const planned = await chunks.readBlock(uploadId, record.block);
  return planned
    .filter(({ chunk }) => missed.has(chunk))
    .map(({ chunk, contacts }) => ({ chunk, contacts: contacts.filter(([row]) => !left.has(row)) }));
}
