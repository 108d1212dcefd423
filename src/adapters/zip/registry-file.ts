import { Readable } from 'node:stream';
import type { RegistryFile, RegistryList } from '../../registry/ports.ts';
import { RegistryFileError } from '../../registry/ports.ts';
import type { ByteSource } from './byte-source.ts';
import { type ZipLimits, listsInZip } from './zip-lists.ts';

/** Takes a plain or zipped list, told apart by its first bytes. */
export function registryFile(
  source: ByteSource,
  options: { readonly statedAsOf?: string; readonly limits?: ZipLimits } = {},
): RegistryFile {
  return {
    name: source.name,
    ...(options.statedAsOf !== undefined && { statedAsOf: options.statedAsOf }),
    async *lists(): AsyncGenerator<RegistryList> {
      const beginning = (await read(source, 0, Math.min(4, source.sizeBytes))).toString('latin1');
      if (beginning.startsWith('PK')) yield* listsInZip(source, options.limits);
      else if (beginning.startsWith('\u001f\u008b')) {
        throw new RegistryFileError(`${source.name} is a gzip file: hand in a zip file or plain text.`);
      } else
        yield {
          name: source.name,
          chunks: () => (source.sizeBytes === 0 ? Readable.from([]) : source.open(0, source.sizeBytes)),
        };
    },
  };
}

async function read(source: ByteSource, start: number, end: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  if (end > start) for await (const piece of source.open(start, end)) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
