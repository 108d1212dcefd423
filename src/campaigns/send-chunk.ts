import type { CampaignChunk } from '../../events/campaign-chunk/schema.ts';
import { type AskLimits, mayAskAgain, waitMsOf } from './ask-until-processed.ts';
import type { BlockKeeper } from './block-keeper.ts';
import {
  arriveChunk,
  claimAgain,
  claimChunk,
  doubtChunk,
  queueChunk,
  refuseChunk,
  releaseChunk,
} from './chunk-states.ts';
import { type Closing, closeContacts } from './close-listed.ts';
import { type Contact, type UploadWithList, attributesOf, sentContact } from './contact-in-list.ts';
import type { ListedNumbers } from './plan-ports.ts';
import type { ContactListGateway, ListAnswer, SentContact, SentContacts } from './push-ports.ts';

export interface SendChunkDeps extends AskLimits {
  readonly lists: ContactListGateway;
  /** Our own do-not-call list, strongly consistent. */
  readonly suppressed: ListedNumbers;
  readonly sent: SentContacts;
}

export type SendOutcome =
  | { readonly outcome: 'queued' | 'left-out' | 'uncertain' }
  /** Nothing was processed; it can be asked again after a while. */
  | { readonly outcome: 'unsent'; readonly waitMs: number }
  /** Webex has it, and somebody who was suppressed on the way may not be closed yet. */
  | { readonly outcome: 'unclosed'; readonly closing: Exclude<Closing, { readonly outcome: 'closed' }> }
  | { readonly outcome: 'refused'; readonly words: string };

/**
 * Sends one chunk, once. It is claimed in the record before the request leaves, and who is in it is remembered before that:
 * so an opt-out that comes at any moment is either seen here, before or after the request, or finds the contact to close.
 */
export async function sendChunk(
  deps: SendChunkDeps,
  upload: UploadWithList,
  keeper: BlockKeeper,
  planned: CampaignChunk,
): Promise<SendOutcome> {
  const { chunk, contacts } = planned;
  const asSent = (some: readonly Contact[]): SentContact[] =>
    some.map((contact) => sentContact(contact, upload, deps.clock.nowMs()));
  const taken = await deps.sent.remember(upload.id, asSent(contacts));
  const { left, answer } = await request(deps, upload, keeper, planned, taken);
  switch (answer?.outcome) {
    case undefined:
      return { outcome: 'left-out' };
    case 'done':
      return settleArrived(deps, upload, keeper, { chunk, contacts: [...left] });
    case 'refused':
      await deps.sent.release(upload.id, asSent(left));
      await keeper.change((record) => refuseChunk(record, chunk, answer.words));
      return { outcome: 'refused', words: answer.words };
    case 'unsent':
      await deps.sent.release(upload.id, asSent(left));
      await keeper.change((record) => releaseChunk(record, chunk));
      return { outcome: 'unsent', waitMs: waitMsOf(answer) };
    case 'uncertain':
      await keeper.change((record) => doubtChunk(record, chunk, answer.words));
      await closeContacts(deps, upload, await listedOf(deps, left));
      return { outcome: 'uncertain' };
  }
}

interface Requested {
  readonly left: readonly Contact[];
  /** Absent where nobody was left to send. */
  readonly answer?: ListAnswer<object>;
}

/** Who may be sent is asked before each request anew, because a number may be suppressed while one waits for the next. */
async function request(
  deps: SendChunkDeps,
  upload: UploadWithList,
  keeper: BlockKeeper,
  { chunk, contacts }: CampaignChunk,
  taken: ReadonlySet<string>,
): Promise<Requested> {
  for (let claim = claimChunk; ; claim = claimAgain) {
    const listed = await deps.suppressed(contacts.map(([, number]) => number));
    const rowsOf = (numbers: ReadonlySet<string>): number[] =>
      contacts.filter(([, number]) => numbers.has(number)).map(([row]) => row);
    const left = contacts.filter(([, number]) => !listed.has(number) && !taken.has(number));
    const leftOut = rowsOf(listed);
    const repeated = rowsOf(taken).filter((row) => !leftOut.includes(row));
    await keeper.change((record) => claim(record, chunk, { contacts: left.length, leftOut, repeated }));
    if (left.length === 0) return { left };
    const attributes = left.map((each) => attributesOf(each, upload));
    const answer = await deps.lists.add(upload.contactListId, attributes);
    if (!(await mayAskAgain(deps, answer))) return { left, answer };
  }
}

/** A chunk is settled only when nobody in it is left to close: so a pusher that dies before is followed by one that looks. */
async function settleArrived(
  deps: SendChunkDeps,
  upload: UploadWithList,
  keeper: BlockKeeper,
  { chunk, contacts }: CampaignChunk,
): Promise<SendOutcome> {
  const listed = await listedOf(deps, contacts);
  if (listed.length > 0) {
    await keeper.change((record) => arriveChunk(record, chunk));
    const closing = await closeContacts(deps, upload, listed);
    if (closing.outcome !== 'closed') return { outcome: 'unclosed', closing };
  }
  await keeper.change((record) => queueChunk(record, chunk));
  return { outcome: 'queued' };
}

async function listedOf({ suppressed }: SendChunkDeps, contacts: readonly Contact[]): Promise<readonly Contact[]> {
  const listed = await suppressed(contacts.map(([, number]) => number));
  return contacts.filter(([, number]) => listed.has(number));
}
