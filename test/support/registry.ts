import { digestOf } from '../../src/registry/bitmap.ts';
import type { RegistryFile, RegistryObjects } from '../../src/registry/ports.ts';

/** A plain text list whose chunks are the given texts. */
export const listOf = (name: string, texts: Iterable<string>, statedAsOf?: string): RegistryFile => ({
  name,
  ...(statedAsOf !== undefined && { statedAsOf }),
  async *lists() {
    yield {
      name,
      async *chunks() {
        for (const text of texts) yield Buffer.from(text);
      },
    };
  },
});

/** The registry's files in memory, with the operations counted and a crash to order. */
export class MemoryObjects implements RegistryObjects {
  readonly objects = new Map<string, { bytes: Uint8Array; modifiedMs: number }>();
  readonly reads: string[] = [];
  writes = 0;
  nowMs = 0;
  /** The write (counted from 1) that fails, before it has changed anything. */
  failAtWrite: number | undefined;
  readFault: Error | undefined;

  async read(key: string): Promise<{ bytes: Uint8Array; tag: string } | undefined> {
    this.#noteRead(key);
    const found = this.objects.get(key);
    return found && { bytes: found.bytes, tag: digestOf(found.bytes) };
  }

  async readRange(key: string, offset: number, length: number): Promise<Uint8Array> {
    this.#noteRead(key);
    const bytes = this.#find(key).slice(offset, offset + length);
    if (bytes.byteLength !== length) throw new Error(`${key} is too short.`);
    return bytes;
  }

  async readInto(key: string, into: Uint8Array): Promise<void> {
    this.#noteRead(key);
    const bytes = this.#find(key);
    if (bytes.byteLength !== into.byteLength) throw new Error(`${key} has another size.`);
    into.set(bytes);
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    this.writes += 1;
    if (this.writes === this.failAtWrite) throw new Error('The power failed.');
    this.objects.set(key, { bytes: bytes.slice(), modifiedMs: this.nowMs });
  }

  async replace(key: string, bytes: Uint8Array, tag: string | undefined): Promise<'replaced' | 'conflict'> {
    const found = this.objects.get(key);
    if ((found && digestOf(found.bytes)) !== tag) return 'conflict';
    await this.write(key, bytes);
    return 'replaced';
  }

  async *list(prefix: string): AsyncGenerator<{ key: string; modifiedMs: number }> {
    for (const [key, { modifiedMs }] of this.objects) if (key.startsWith(prefix)) yield { key, modifiedMs };
  }

  async remove(key: string): Promise<void> {
    this.objects.delete(key);
  }

  #find(key: string): Uint8Array {
    const found = this.objects.get(key);
    if (!found) throw new Error(`${key} is missing.`);
    return found.bytes;
  }

  #noteRead(key: string): void {
    this.reads.push(key);
    if (this.readFault) throw this.readFault;
  }
}
