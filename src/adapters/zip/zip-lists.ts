import { PassThrough, type Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, RandomAccessReader, type ZipFile, fromRandomAccessReaderPromise } from 'yauzl';
import { RegistryFileError, type RegistryList } from '../../registry/ports.ts';
import type { ByteSource } from './byte-source.ts';

/** What a zip may grow to; one that grows beyond is refused before it is read. */
export interface ZipLimits {
  readonly entriesMax: number;
  /** All files together. The whole registry in `area,number` form has 3.4 GB. */
  readonly bytesMax: number;
  /** Uncompressed to compressed. Lists of numbers reach about 6, deflate itself 1,032. */
  readonly ratioMax: number;
}

export const defaultZipLimits: ZipLimits = { entriesMax: 1_000, bytesMax: 8 * 1024 ** 3, ratioMax: 100 };

/** Small files compress to almost nothing, which proves nothing. */
const ratioWatchedFromBytes = 1024 * 1024;
/** Read ahead while the directory of the zip is read, which yauzl does in steps of some fifty bytes. */
const windowBytes = 256 * 1024;

/**
 * The files inside a zip, one after another, each unpacked while it is read. Sizes and checksums that turn out to be
 * false end the reading with a `RegistryFileError`; faults of the disk or the network are thrown as they are.
 */
export async function* listsInZip(
  source: ByteSource,
  limits: ZipLimits = defaultZipLimits,
): AsyncGenerator<RegistryList> {
  const reader = new SourceReader(source);
  const asFileError = (error: unknown) =>
    reader.fault ?? (error instanceof RegistryFileError ? error : damaged(source.name, error));
  let zip: ZipFile;
  try {
    zip = await fromRandomAccessReaderPromise(reader, source.sizeBytes, { autoClose: true });
  } catch (error) {
    throw asFileError(error);
  }
  if (zip.entryCount > limits.entriesMax) {
    throw new RegistryFileError(
      `${source.name} holds ${zip.entryCount} files, more than the ${limits.entriesMax} that a zip may hold.`,
    );
  }
  const entries = zip.eachEntry();
  let bytes = 0;
  for (;;) {
    const next = await entries.next().catch((error: unknown) => {
      throw asFileError(error);
    });
    if (next.done) return;
    const entry = next.value;
    if (isFolderOrExtra(entry.fileName)) continue;
    bytes += entry.uncompressedSize;
    refuseUnsuitable(source.name, entry, bytes, limits);
    const name = `${source.name}/${entry.fileName}`;
    yield { name, chunks: () => unpack(zip, entry, name, asFileError) };
  }
}

async function* unpack(
  zip: ZipFile,
  entry: Entry,
  name: string,
  asFileError: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  let checksum = 0;
  try {
    const stream = await zip.openReadStreamPromise(entry);
    for await (const chunk of stream) {
      checksum = crc32(chunk as Buffer, checksum);
      yield chunk as Buffer;
    }
  } catch (error) {
    throw asFileError(error);
  }
  if (checksum !== entry.crc32)
    throw new RegistryFileError(`${name} is damaged: its checksum does not match, so download it again.`);
}

function refuseUnsuitable(zipName: string, entry: Entry, bytes: number, limits: ZipLimits): void {
  const name = `${zipName}/${entry.fileName}`;
  if (entry.isEncrypted()) throw new RegistryFileError(`${name} is encrypted: hand in a zip without a password.`);
  if (!entry.canDecodeFileData())
    throw new RegistryFileError(`${name} is packed in a way that only some programs read: zip it again.`);
  if (/\.(zip|gz)$/i.test(entry.fileName))
    throw new RegistryFileError(`${name} is packed twice: hand in the inner file by itself.`);
  if (bytes > limits.bytesMax) {
    throw new RegistryFileError(
      `${zipName} unpacks to more than ${limits.bytesMax} bytes, which no registry list does.`,
    );
  }
  if (
    entry.uncompressedSize > ratioWatchedFromBytes &&
    entry.uncompressedSize > entry.compressedSize * limits.ratioMax
  ) {
    throw new RegistryFileError(
      `${name} unpacks to more than ${limits.ratioMax} times its size, which no registry list does.`,
    );
  }
}

/** Folders, and what macOS adds to a zip. */
const isFolderOrExtra = (fileName: string): boolean => fileName.endsWith('/') || /(^|\/)(__MACOSX\/|\.)/.test(fileName);

const damaged = (name: string, cause: unknown): RegistryFileError =>
  new RegistryFileError(`${name} is damaged or not a whole zip file: download it again.`, { cause });

/** Lets yauzl read a source, and remembers when it was the source that failed and not the zip. */
class SourceReader extends RandomAccessReader {
  fault: unknown;
  readonly #source: ByteSource;
  #windowStart = 0;
  #window: Buffer = Buffer.alloc(0);

  constructor(source: ByteSource) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const out = new PassThrough();
    const stream = this.#source.open(start, end);
    stream.once('error', (error: Error) => {
      this.fault ??= error;
      out.destroy(error);
    });
    out.once('close', () => stream.destroy());
    return stream.pipe(out);
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#read(buffer, offset, length, position).then(
      () => callback(null),
      (error: Error) => callback(error),
    );
  }

  async #read(buffer: Buffer, offset: number, length: number, position: number): Promise<void> {
    const isInside = position >= this.#windowStart && position + length <= this.#windowStart + this.#window.length;
    if (!isInside) await this.#moveWindow(position, length);
    const from = position - this.#windowStart;
    if (from + length > this.#window.length) throw new Error('The zip points outside of itself.');
    this.#window.copy(buffer, offset, from, from + length);
  }

  async #moveWindow(position: number, length: number): Promise<void> {
    const end = Math.min(position + Math.max(length, windowBytes), this.#source.sizeBytes);
    const pieces: Buffer[] = [];
    try {
      if (end > position) for await (const piece of this.#source.open(position, end)) pieces.push(piece as Buffer);
    } catch (error) {
      this.fault ??= error;
      throw error;
    }
    this.#window = Buffer.concat(pieces);
    this.#windowStart = position;
  }
}
