import type { CampaignChunk } from '../../events/campaign-chunk/schema.ts';
import type { Clock } from '../shared/clock.ts';
import type { BlockKeeper } from './block-keeper.ts';
import { claimChunk, doubtChunk, queueChunk, refuseChunk, releaseChunk } from './chunk-states.ts';
import type { ListedNumbers } from './plan-ports.ts';
import type { ContactListGateway, ListAnswer, SentContact, SentContacts, UploadRecord } from './push-ports.ts';

export interface SendChunkDeps {
  readonly lists: ContactListGateway;
  /** Our own do-not-call list, strongly consistent. */
  readonly suppressed: ListedNumbers;
  readonly sent: SentContacts;
  readonly clock: Clock;
  /** Whether the pusher has to stop, so that nothing more is tried. */
  readonly isStopping: () => boolean;
}

export type SendOutcome = { readonly outcome: 'queued' | 'left-out' | 'uncertain' | 'unsent' } | Refusal;
export interface Refusal {
  readonly outcome: 'refused';
  readonly words: string;
}

type Contact = CampaignChunk['contacts'][number];
type Upload = UploadRecord & { readonly contactListId: string };

const waitMsMin = 250;
const waitMsMax = 60_000;

/**
 * Sends one chunk, once. It is claimed in the record before the request leaves, and who is in it is remembered before that:
 * so an opt-out that comes at any moment is either seen here, before or after the request, or finds the contact to close.
 */
export async function sendChunk(
  deps: SendChunkDeps,
  upload: Upload,
  keeper: BlockKeeper,
  { chunk, contacts }: CampaignChunk,
): Promise<SendOutcome> {
  const asSent = (some: readonly Contact[]): SentContact[] =>
    some.map((contact) => sentContact(contact, upload, deps.clock.nowMs()));
  const taken = await deps.sent.remember(upload.id, asSent(contacts));
  const listed = await deps.suppressed(contacts.map(([, number]) => number));
  const rowsOf = (numbers: ReadonlySet<string>): number[] =>
    contacts.filter(([, number]) => numbers.has(number)).map(([row]) => row);
  const left = contacts.filter(([, number]) => !listed.has(number) && !taken.has(number));
  const leftOut = rowsOf(listed);
  const repeated = rowsOf(taken).filter((row) => !leftOut.includes(row));
  await keeper.change((record) => claimChunk(record, chunk, { contacts: left.length, leftOut, repeated }));
  if (left.length === 0) return { outcome: 'left-out' };

  const answer = await askUntilProcessed(deps, () =>
    deps.lists.add(
      upload.contactListId,
      left.map((each) => attributesOf(each, upload)),
    ),
  );
  switch (answer.outcome) {
    case 'done':
      await keeper.change((record) => queueChunk(record, chunk));
      break;
    case 'refused':
      await deps.sent.release(upload.id, asSent(left));
      await keeper.change((record) => refuseChunk(record, chunk, answer.words));
      return { outcome: 'refused', words: answer.words };
    case 'unsent':
      await deps.sent.release(upload.id, asSent(left));
      await keeper.change((record) => releaseChunk(record, chunk));
      return { outcome: 'unsent' };
    case 'uncertain':
      await keeper.change((record) => doubtChunk(record, chunk, answer.words));
      break;
  }
  await closeSuppressedMeanwhile(deps, upload, left);
  return { outcome: answer.outcome === 'done' ? 'queued' : 'uncertain' };
}

/** What was certainly not processed is asked again, for as long as the pusher may go on. */
export async function askUntilProcessed<Done>(
  { clock, isStopping }: Pick<SendChunkDeps, 'clock' | 'isStopping'>,
  ask: () => Promise<ListAnswer<Done>>,
): Promise<ListAnswer<Done>> {
  for (;;) {
    const answer = await ask();
    if (answer.outcome !== 'unsent' || isStopping()) return answer;
    await clock.sleep(Math.min(Math.max(answer.retryAfterMs, waitMsMin), waitMsMax));
    if (isStopping()) return answer;
  }
}

/** An opt-out that came while the request was on its way found nothing to close yet. */
async function closeSuppressedMeanwhile(
  deps: SendChunkDeps,
  upload: Upload,
  contacts: readonly Contact[],
): Promise<void> {
  const listed = await deps.suppressed(contacts.map(([, number]) => number));
  for (const contact of contacts.filter(([, number]) => listed.has(number))) {
    await askUntilProcessed(deps, () => deps.lists.close(upload.contactListId, contactId(contact, upload)));
  }
}

function attributesOf([, , , , ...values]: Contact, { fields }: Upload): Record<string, string> {
  const pairs = fields.map((field, index) => [field, values[index] ?? ''] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== ''));
}

const sentContact = (contact: Contact, upload: Upload, sentMs: number): SentContact => ({
  number: contact[1],
  campaignId: upload.campaignId,
  contactListId: upload.contactListId,
  contactId: contactId(contact, upload),
  sentMs,
  untilMs: upload.toMs,
});

/** By its unique id where it has one, else by its number as it was sent. */
const contactId = ([, number, id]: Contact, { settings }: Upload): string =>
  id !== '' ? id : settings.numberForm === 'e164' ? number : number.slice(1);
