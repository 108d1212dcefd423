import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import type { ByteSource } from '../zip/byte-source.ts';

/** A local file; its name without the folders is what reports call it. */
export async function openFileSource(path: string): Promise<ByteSource> {
  const found = await stat(path);
  if (!found.isFile()) throw new Error(`${path} is not a file.`);
  return {
    name: basename(path),
    sizeBytes: found.size,
    open: (start, end): Readable => createReadStream(path, { start, end: end - 1, highWaterMark: 256 * 1024 }),
  };
}
