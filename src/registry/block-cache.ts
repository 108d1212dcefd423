/** Keeps what was read last, up to a number of bytes; concurrent readers of one block share one read. */
export class BlockCache {
  readonly #bytesMax: number;
  readonly #blocks = new Map<string, Uint8Array>();
  readonly #reading = new Map<string, Promise<Uint8Array>>();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  async get(key: string, read: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const held = this.#blocks.get(key);
    if (held) {
      this.#blocks.delete(key);
      this.#blocks.set(key, held);
      return held;
    }
    const underWay = this.#reading.get(key);
    if (underWay) return underWay;
    const reading = read();
    this.#reading.set(key, reading);
    try {
      const block = await reading;
      this.#keep(key, block);
      return block;
    } finally {
      this.#reading.delete(key);
    }
  }

  #keep(key: string, block: Uint8Array): void {
    this.#blocks.set(key, block);
    this.#bytes += block.byteLength;
    for (const [oldest, bytes] of this.#blocks) {
      if (this.#bytes <= this.#bytesMax) return;
      this.#blocks.delete(oldest);
      this.#bytes -= bytes.byteLength;
    }
  }
}
