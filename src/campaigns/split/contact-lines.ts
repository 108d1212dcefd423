import type { ContactsTarget } from '../plan-ports.ts';

const bufferBytes = 1024 * 1024;
/** More than any contact has, as in a segment. */
const contactBytesMax = 64 * 1024;
const lineFeed = 10;

/** Writes contacts one a line, as they will stand in the chunks. */
export class ContactLines implements ContactsTarget {
  readonly #append: (lines: Uint8Array) => Promise<void>;
  #buffer = Buffer.allocUnsafe(bufferBytes + contactBytesMax);
  #used = 0;

  constructor(append: (lines: Uint8Array) => Promise<void>) {
    this.#append = append;
  }

  get isFull(): boolean {
    return this.#used >= bufferBytes;
  }

  add(slab: Buffer, from: number, to: number): void {
    this.#used += slab.copy(this.#buffer, this.#used, from, to);
    this.#buffer[this.#used] = lineFeed;
    this.#used += 1;
  }

  async write(): Promise<void> {
    const lines = this.#buffer.subarray(0, this.#used);
    // Whoever takes the lines may keep them.
    this.#buffer = Buffer.allocUnsafe(bufferBytes + contactBytesMax);
    this.#used = 0;
    await this.#append(lines);
  }
}

/** Hands contacts on that stand one a line in pieces cut anywhere; `take` is called with whole ones. */
export async function readContactLines(
  pieces: AsyncIterable<Uint8Array>,
  take: (slab: Buffer, from: number, to: number) => Promise<void> | undefined,
): Promise<void> {
  let rest = Buffer.alloc(0);
  for await (const piece of pieces) {
    const slab = rest.length === 0 ? bufferOf(piece) : Buffer.concat([rest, piece]);
    let from = 0;
    for (let end = slab.indexOf(lineFeed); end >= 0; end = slab.indexOf(lineFeed, from)) {
      const taking = take(slab, from, end);
      if (taking) await taking;
      from = end + 1;
    }
    rest = Buffer.from(slab.subarray(from));
  }
}

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
