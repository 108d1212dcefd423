/**
 * What is known of a chunk. `sent` is written before the request leaves, so that a crash leaves a trace: what was `sent` and
 * has no answer is `uncertain`. `arrived` is what Webex has and nobody has looked at yet for numbers that were suppressed on
 * the way. Settled for good are `queued`, `refused` and `left-out` (nothing of it was left to send).
 */
export type ChunkStatus = 'pending' | 'sent' | 'uncertain' | 'arrived' | 'queued' | 'refused' | 'left-out';

/** What is worth telling about a chunk beside its status. */
export interface ChunkNote {
  readonly chunk: number;
  /** Rows that were left out because their numbers had been suppressed since the plan. */
  readonly leftOut?: readonly number[];
  /** Rows that were left out because another upload had sent their numbers to the campaign since the plan. */
  readonly repeated?: readonly number[];
  /** What Webex, or whatever stood in the way, said. */
  readonly words?: string;
}

/** The chunks of one block of a plan. One record for 500 of them keeps a million contacts to 200 records. */
export interface BlockRecord {
  readonly block: number;
  readonly firstChunk: number;
  /** One letter a chunk. */
  readonly states: string;
  /** One digit in base 36 a chunk: how many contacts its request had. */
  readonly sizes: string;
  readonly notes: readonly ChunkNote[];
  /** Counts the writes; who finds another than it read was not alone. */
  readonly version: number;
}

const letters: Readonly<Record<ChunkStatus, string>> = {
  pending: 'p',
  sent: 's',
  uncertain: 'u',
  arrived: 'a',
  queued: 'q',
  refused: 'r',
  'left-out': 'l',
};
const statuses = new Map(Object.entries(letters).map(([status, letter]) => [letter, status as ChunkStatus]));

/** A change of a chunk that its status does not allow: a fault of ours. */
export class ChunkStateError extends Error {
  override readonly name = 'ChunkStateError';
  readonly code = 'chunk-state-wrong';
}

export const newBlock = (block: number, firstChunk: number, chunks: number): BlockRecord => ({
  block,
  firstChunk,
  states: letters.pending.repeat(chunks),
  sizes: '0'.repeat(chunks),
  notes: [],
  version: 0,
});

export function statusOf(record: BlockRecord, chunk: number): ChunkStatus {
  const status = statuses.get(record.states[chunk - record.firstChunk] ?? '');
  if (!status) throw new ChunkStateError(`Block ${record.block} has no chunk ${chunk}.`);
  return status;
}

/** How many contacts the chunk's request has or had. */
export const sizeOf = (record: BlockRecord, chunk: number): number =>
  Number.parseInt(record.sizes[chunk - record.firstChunk] ?? '0', 36);

export function chunksIn(record: BlockRecord, status: ChunkStatus): number[] {
  const found: number[] = [];
  const letter = letters[status];
  for (let at = record.states.indexOf(letter); at >= 0; at = record.states.indexOf(letter, at + 1))
    found.push(record.firstChunk + at);
  return found;
}

interface Claim {
  readonly contacts: number;
  readonly leftOut: readonly number[];
  readonly repeated?: readonly number[];
}

/** Before its request leaves. */
export const claimChunk = (record: BlockRecord, chunk: number, claim: Claim): BlockRecord =>
  claimFrom('pending', record, chunk, claim);

/** Before its request leaves once more, after it was certainly not processed; a chunk that others doubt by now is not ours. */
export const claimAgain = (record: BlockRecord, chunk: number, claim: Claim): BlockRecord =>
  claimFrom('sent', record, chunk, claim);

const claimFrom = (
  from: ChunkStatus,
  record: BlockRecord,
  chunk: number,
  { contacts, leftOut, repeated = [] }: Claim,
): BlockRecord =>
  change(record, chunk, [from], contacts === 0 ? 'left-out' : 'sent', {
    size: contacts,
    note: { ...(leftOut.length > 0 && { leftOut }), ...(repeated.length > 0 && { repeated }) },
  });

/** Webex has it. Also where nobody had waited for the answer any more: a definite answer counts. */
export const arriveChunk = (record: BlockRecord, chunk: number): BlockRecord =>
  change(record, chunk, ['sent', 'uncertain'], 'arrived');

/** Webex has it, and of it nobody open who was suppressed on the way. */
export const queueChunk = (record: BlockRecord, chunk: number): BlockRecord =>
  change(record, chunk, ['sent', 'uncertain', 'arrived'], 'queued');

/** Webex will never take it. */
export const refuseChunk = (record: BlockRecord, chunk: number, words: string): BlockRecord =>
  change(record, chunk, ['sent', 'uncertain'], 'refused', { note: { words } });

/** It certainly did not arrive, so it may be sent again. */
export const releaseChunk = (record: BlockRecord, chunk: number): BlockRecord =>
  change(record, chunk, ['sent', 'uncertain', 'refused'], 'pending', { size: 0 });

/** It may have arrived or not. */
export const doubtChunk = (record: BlockRecord, chunk: number, words: string): BlockRecord =>
  change(record, chunk, ['sent'], 'uncertain', { note: { words } });

const wordsMax = 200;

function change(
  record: BlockRecord,
  chunk: number,
  from: readonly ChunkStatus[],
  to: ChunkStatus,
  more: { readonly size?: number; readonly note?: Omit<ChunkNote, 'chunk'> } = {},
): BlockRecord {
  const status = statusOf(record, chunk);
  if (!from.includes(status)) throw new ChunkStateError(`Chunk ${chunk} is ${status}, so it cannot become ${to}.`);
  const at = chunk - record.firstChunk;
  const put = (text: string, letter: string): string => text.slice(0, at) + letter + text.slice(at + 1);
  return {
    ...record,
    states: put(record.states, letters[to]),
    sizes: more.size === undefined ? record.sizes : put(record.sizes, more.size.toString(36)),
    notes: notesWith(record.notes, chunk, to, more.note ?? {}),
  };
}

/** Words belong to the status they came with; rows that were left out stay left out only as long as the chunk is not made anew. */
function notesWith(
  notes: readonly ChunkNote[],
  chunk: number,
  to: ChunkStatus,
  { words, ...made }: Omit<ChunkNote, 'chunk'>,
): readonly ChunkNote[] {
  const others = notes.filter((note) => note.chunk !== chunk);
  const before = notes.find((note) => note.chunk === chunk);
  const { leftOut, repeated } = to === 'pending' ? {} : { ...before, ...made };
  if (!leftOut && !repeated && words === undefined) return others;
  const told = words === undefined ? {} : { words: words.slice(0, wordsMax) };
  return [...others, { chunk, ...(leftOut && { leftOut }), ...(repeated && { repeated }), ...told }];
}
