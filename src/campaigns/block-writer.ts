import type { ContactsTarget, PlanSink } from './plan-ports.ts';

/** Webex: at most 10 contacts a request. */
export const contactsPerChunk = 10;
/** Chunks of one block, unless they are large. */
export const chunksPerBlockMax = 500;
/** A block is closed when it is as large as this: 500 chunks of usual contacts have 0.7 MB. */
const blockBytesMax = 4 * 1024 * 1024;
/** Room for the one chunk that comes on top: ten contacts of 8,000 characters, each at most six bytes in JSON. */
const chunkBytesMax = 640 * 1024;

/** How many chunks each block of a plan holds; the chunks are counted through. */
export type BlockSizes = readonly number[];

/** Makes chunks of ten out of contacts, and blocks of chunks. */
export class BlockWriter implements ContactsTarget {
  readonly #sink: Pick<PlanSink, 'writeBlock'>;
  readonly #buffer = Buffer.allocUnsafe(blockBytesMax + chunkBytesMax);
  readonly #sizes: number[] = [];
  #used = 0;
  #chunks = 0;
  #chunksOfBlock = 0;
  #contactsOfChunk = 0;

  constructor(sink: Pick<PlanSink, 'writeBlock'>) {
    this.#sink = sink;
  }

  get chunks(): number {
    return this.#chunks;
  }

  get blocks(): BlockSizes {
    return this.#sizes;
  }

  /** Whether the block must be written before another contact comes. */
  get isFull(): boolean {
    return this.#chunksOfBlock > 0 && this.#contactsOfChunk === 0 && this.#blockIsFull;
  }

  get #blockIsFull(): boolean {
    return this.#chunksOfBlock >= chunksPerBlockMax || this.#used >= blockBytesMax;
  }

  /** Copies one contact, which is JSON already. */
  add(slab: Buffer, from: number, to: number): void {
    if (this.#contactsOfChunk === 0) {
      this.#used += this.#buffer.write(`{"chunk":${this.#chunks},"contacts":[`, this.#used, 'latin1');
      this.#chunks += 1;
      this.#chunksOfBlock += 1;
    } else {
      this.#buffer[this.#used] = 44;
      this.#used += 1;
    }
    this.#used += slab.copy(this.#buffer, this.#used, from, to);
    this.#contactsOfChunk += 1;
    if (this.#contactsOfChunk === contactsPerChunk) this.#closeChunk();
  }

  async write(): Promise<void> {
    if (this.#contactsOfChunk > 0) this.#closeChunk();
    if (this.#chunksOfBlock === 0) return;
    await this.#sink.writeBlock(this.#sizes.length, this.#buffer.subarray(0, this.#used));
    this.#sizes.push(this.#chunksOfBlock);
    this.#used = 0;
    this.#chunksOfBlock = 0;
  }

  #closeChunk(): void {
    this.#used += this.#buffer.write(']}\n', this.#used, 'latin1');
    this.#contactsOfChunk = 0;
  }
}
