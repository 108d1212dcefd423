import type { CampaignChunk } from '../../../../events/campaign-chunk/schema.ts';
import type { BlockRecord } from '../../../../src/campaigns/chunk-states.ts';
import type {
  ContactListGateway,
  ListAnswer,
  PlannedChunks,
  SentContact,
  SentContacts,
  UploadRecord,
  UploadStore,
} from '../../../../src/campaigns/push-ports.ts';
import type { PushUploadDeps } from '../../../../src/campaigns/push-upload.ts';
import type { Clock } from '../../../../src/shared/clock.ts';

const dayMs = 86_400_000;

/** Uploads in memory, with the versions that a database would check. */
export class MemoryUploads implements UploadStore {
  readonly uploads = new Map<string, UploadRecord>();
  readonly blocks = new Map<string, BlockRecord>();

  async read(uploadId: string): Promise<UploadRecord | undefined> {
    return structuredClone(this.uploads.get(uploadId));
  }

  async write(after: UploadRecord): Promise<'written' | 'conflict'> {
    if (this.uploads.get(after.id)?.version !== after.version - 1) return 'conflict';
    this.uploads.set(after.id, structuredClone(after));
    return 'written';
  }

  async readBlocks(uploadId: string): Promise<readonly BlockRecord[]> {
    return [...this.blocks]
      .filter(([key]) => key.startsWith(`${uploadId} `))
      .map(([, record]) => structuredClone(record));
  }

  async readBlock(uploadId: string, block: number): Promise<BlockRecord | undefined> {
    return structuredClone(this.blocks.get(`${uploadId} ${block}`));
  }

  async writeBlock(uploadId: string, after: BlockRecord): Promise<'written' | 'conflict'> {
    const key = `${uploadId} ${after.block}`;
    if ((this.blocks.get(key)?.version ?? 0) !== after.version - 1) return 'conflict';
    this.blocks.set(key, structuredClone(after));
    return 'written';
  }
}

/** What becomes of one request: Webex takes it or not, and the answer comes or not. */
export type Fate = 'taken' | 'taken, no answer' | 'lost' | { readonly refused: string } | { readonly unsent: number };

/**
 * Webex's contact lists, as the gateway shows them: counts rise some time after the request, and closing somebody who is
 * not there yet is answered as if it were done.
 */
export class FakeLists implements ContactListGateway {
  readonly clock: Clock;
  readonly arrived: string[] = [];
  readonly closed: string[] = [];
  readonly #closedThere = new Set<string>();
  readonly requests: number[] = [];
  expired = false;
  lists = 0;
  countsAfterMs = 2_000;
  latencyMs = 100;
  fateOf: (request: number, contacts: readonly Readonly<Record<string, string>>[]) => Fate = () => 'taken';
  closeFateOf: (request: number) => ListAnswer<object> = () => ({ outcome: 'done' });
  readonly #counted: { atMs: number; contacts: number }[] = [];

  constructor(clock: Clock) {
    this.clock = clock;
  }

  async create(): Promise<ListAnswer<{ contactListId: string }>> {
    this.lists += 1;
    return { outcome: 'done', contactListId: String(this.lists) };
  }

  async add(_list: string, contacts: readonly Readonly<Record<string, string>>[]): Promise<ListAnswer<object>> {
    const fate = this.fateOf(this.requests.length, contacts);
    this.requests.push(this.clock.nowMs());
    await this.clock.sleep(this.latencyMs);
    if (typeof fate === 'object')
      return 'refused' in fate
        ? { outcome: 'refused', words: fate.refused }
        : { outcome: 'unsent', words: 'no budget', retryAfterMs: fate.unsent };
    if (fate !== 'lost') this.take(contacts);
    return fate === 'taken' ? { outcome: 'done' } : { outcome: 'uncertain', words: 'no answer' };
  }

  take(contacts: readonly Readonly<Record<string, string>>[]): void {
    for (const contact of contacts) this.arrived.push(contact['Phone'] ?? '');
    this.#counted.push({ atMs: this.clock.nowMs() + this.countsAfterMs, contacts: contacts.length });
  }

  async close(_list: string, contactId: string): Promise<ListAnswer<object>> {
    const answer = this.closeFateOf(this.closed.length);
    this.closed.push(contactId);
    const number = numberOf(Number(contactId.slice(1)));
    if (answer.outcome === 'done' && this.arrived.includes(number)) this.#closedThere.add(number);
    return answer;
  }

  /** Whom Webex would call. */
  get open(): string[] {
    return this.arrived.filter((number) => !this.#closedThere.has(number));
  }

  async expire(): Promise<ListAnswer<object>> {
    this.expired = true;
    return { outcome: 'done' };
  }

  async count(): Promise<number | undefined> {
    const nowMs = this.clock.nowMs();
    return this.#counted.filter(({ atMs }) => atMs <= nowMs).reduce((sum, { contacts }) => sum + contacts, 0);
  }
}

export class MemorySent implements SentContacts {
  readonly contacts: SentContact[] = [];
  /** Which upload has a number for the campaign. */
  readonly takenBy = new Map<string, string>();

  async remember(upload: string, contacts: readonly SentContact[]): Promise<ReadonlySet<string>> {
    const isTaken = ({ number }: SentContact): boolean => (this.takenBy.get(number) ?? upload) !== upload;
    const free = contacts.filter((contact) => !isTaken(contact));
    for (const { number } of free) this.takenBy.set(number, upload);
    this.contacts.push(...free);
    return new Set(contacts.filter(isTaken).map(({ number }) => number));
  }

  async release(upload: string, contacts: readonly SentContact[]): Promise<void> {
    for (const { number } of contacts) if (this.takenBy.get(number) === upload) this.takenBy.delete(number);
  }

  async find(number: string, nowMs: number): Promise<readonly SentContact[]> {
    return this.contacts.filter((contact) => contact.number === number && contact.untilMs > nowMs);
  }
}

export const uploadId = 'upload-1';
export const numberOf = (contact: number): string => `+1415${2_000_000 + contact}`;

/** A plan of so many contacts in chunks of ten. */
export function plannedChunks(contacts: number, chunksPerBlock: number): PlannedChunks & { blocks: number[] } {
  const chunkCount = Math.ceil(contacts / 10);
  const blocks = Array.from({ length: Math.ceil(chunkCount / chunksPerBlock) }, (_, block) =>
    Math.min(chunksPerBlock, chunkCount - block * chunksPerBlock),
  );
  const chunkAt = (chunk: number): CampaignChunk => ({
    chunk,
    contacts: Array.from({ length: Math.min(10, contacts - chunk * 10) }, (_, index) => {
      const contact = chunk * 10 + index;
      return [contact + 2, numberOf(contact), `C${contact}`, 0, numberOf(contact), ''];
    }),
  });
  return {
    blocks,
    readBlock: async (_upload, block) =>
      Array.from({ length: blocks[block] ?? 0 }, (_, index) => chunkAt(block * chunksPerBlock + index)),
  };
}

export interface PushWorld {
  readonly uploads: MemoryUploads;
  readonly lists: FakeLists;
  readonly sent: MemorySent;
  readonly suppressed: Set<string>;
  readonly deps: (owner?: string, settings?: PushUploadDeps['settings']) => PushUploadDeps;
}

export function pushWorld(clock: Clock, contacts: number, chunksPerBlock = 500): PushWorld {
  const chunks = plannedChunks(contacts, chunksPerBlock);
  const uploads = new MemoryUploads();
  uploads.uploads.set(uploadId, {
    id: uploadId,
    campaignId: 'spring',
    status: 'ready',
    fields: ['Phone', 'Name'],
    settings: { channels: ['Voice'], activationLagMinutes: 0, numberForm: 'e164' },
    blocks: chunks.blocks,
    toMs: clock.nowMs() + 31 * dayMs,
    version: 1,
  });
  const lists = new FakeLists(clock);
  const sent = new MemorySent();
  const suppressed = new Set<string>();
  const deps: PushWorld['deps'] = (owner = 'one', settings = {}) => ({
    uploads,
    chunks,
    lists,
    sent,
    suppressed: async (numbers) => new Set(numbers.filter((number) => suppressed.has(number))),
    clock,
    owner,
    settings,
  });
  return { uploads, lists, sent, suppressed, deps };
}
