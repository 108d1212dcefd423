import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../../../src/adapters/zip/byte-source.ts';
import { registryFile } from '../../../../src/adapters/zip/registry-file.ts';
import type { ZipLimits } from '../../../../src/adapters/zip/zip-lists.ts';
import { type ZipEntry, zipOf } from '../../../support/zip.ts';

function sourceOf(name: string, bytes: Buffer, fault?: { error: Error; afterReads: number }): ByteSource {
  let reads = 0;
  return {
    name,
    sizeBytes: bytes.length,
    open(start, end) {
      reads += 1;
      if (fault && reads > fault.afterReads)
        return new Readable({
          read() {
            this.destroy(fault.error);
          },
        });
      return Readable.from([bytes.subarray(start, end)]);
    },
  };
}

async function readAll(source: ByteSource, limits?: ZipLimits): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for await (const list of registryFile(source, { ...(limits && { limits }) }).lists()) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of list.chunks()) chunks.push(chunk);
    found.push([list.name, Buffer.concat(chunks).toString()]);
  }
  return found;
}

const readZip = (entries: readonly ZipEntry[], limits?: ZipLimits) =>
  readAll(sourceOf('full.zip', zipOf(entries)), limits);
const small: ZipLimits = { entriesMax: 3, bytesMax: 3_000_000, ratioMax: 200 };

describe('registryFile', () => {
  it('gives a plain file as one list', async () => {
    expect(await readAll(sourceOf('212.txt', Buffer.from('2125550123\n')))).toEqual([['212.txt', '2125550123\n']]);
  });

  it('gives an empty file as one empty list', async () => {
    expect(await readAll(sourceOf('212.txt', Buffer.alloc(0)))).toEqual([['212.txt', '']]);
  });

  it('gives each file inside a zip, whatever the zip is called', async () => {
    const zip = zipOf([
      { name: '212.txt', content: 'a' },
      { name: 'folder/415.txt', content: 'b' },
    ]);
    expect(await readAll(sourceOf('list.dat', zip))).toEqual([
      ['list.dat/212.txt', 'a'],
      ['list.dat/folder/415.txt', 'b'],
    ]);
  });

  it('passes over folders and what macOS adds', async () => {
    const names = ['folder/', '__MACOSX/._212.txt', 'folder/.DS_Store', '212.txt'];
    expect(await readZip(names.map((name) => ({ name, content: '' })))).toEqual([['full.zip/212.txt', '']]);
  });

  it('unpacks piece by piece', async () => {
    const zip = zipOf([{ name: '212.txt', content: '2125550123\n'.repeat(200_000) }]);
    let largest = 0;
    for await (const list of registryFile(sourceOf('full.zip', zip), {
      limits: { ...small, ratioMax: 10_000 },
    }).lists()) {
      for await (const chunk of list.chunks()) largest = Math.max(largest, chunk.byteLength);
    }
    expect(largest).toBeLessThanOrEqual(65_536);
  });

  it('throws a fault of the disk as it is, and not as a fault of the file', async () => {
    const error = new Error('The disk is gone.');
    const zip = zipOf([{ name: '212.txt', content: 'x'.repeat(600_000) }]);
    for (const afterReads of [1, 2]) {
      await expect(readAll(sourceOf('full.zip', zip, { error, afterReads }))).rejects.toBe(error);
    }
  });
});

describe('what is refused', () => {
  const list = { name: '212.txt', content: '2125550123\n' };

  it.each<[string, readonly ZipEntry[], string]>([
    [
      'a zip bomb, by its ratio',
      [{ name: '212.txt', content: Buffer.alloc(2_000_000) }],
      'full.zip/212.txt unpacks to more than 200 times its size, which no registry list does.',
    ],
    [
      'a file that unpacks to more than its directory claims',
      [{ ...list, content: Buffer.alloc(900_000), claims: { size: 5 } }],
      'full.zip is damaged or not a whole zip file: download it again.',
    ],
    [
      'a false checksum',
      [{ ...list, claims: { crc: 7 } }],
      'full.zip/212.txt is damaged: its checksum does not match, so download it again.',
    ],
    [
      'an encrypted file',
      [{ ...list, claims: { encrypted: true } }],
      'full.zip/212.txt is encrypted: hand in a zip without a password.',
    ],
    [
      'an unknown compression',
      [{ ...list, claims: { method: 99 } }],
      'full.zip/212.txt is packed in a way that only some programs read: zip it again.',
    ],
    [
      'a zip in a zip',
      [{ ...list, name: '212.zip' }],
      'full.zip/212.zip is packed twice: hand in the inner file by itself.',
    ],
    ['too many files', [list, list, list, list], 'full.zip holds 4 files, more than the 3 that a zip may hold.'],
    [
      'a path that leads out of the folder',
      [{ ...list, name: '../212.txt' }],
      'full.zip is damaged or not a whole zip file: download it again.',
    ],
  ])('%s', async (_, entries, message) => {
    await expect(readZip(entries, small)).rejects.toMatchObject({ name: 'RegistryFileError', message });
  });

  it('many files that unpack to too much together', async () => {
    const files = ['a.txt', 'b.txt'].map((name) => ({ name, content: Buffer.alloc(1_600_000) }));
    await expect(readZip(files, { ...small, ratioMax: 10_000 })).rejects.toMatchObject({
      message: 'full.zip unpacks to more than 3000000 bytes, which no registry list does.',
    });
  });

  it('a zip that was cut off', async () => {
    const zip = zipOf([{ name: '212.txt', content: 'x'.repeat(1_000) }]);
    await expect(readAll(sourceOf('full.zip', zip.subarray(0, -30)))).rejects.toMatchObject({
      name: 'RegistryFileError',
    });
  });

  it('a gzip file', async () => {
    await expect(readAll(sourceOf('212.gz', Buffer.from([0x1f, 0x8b, 8, 0])))).rejects.toMatchObject({
      message: '212.gz is a gzip file: hand in a zip file or plain text.',
    });
  });
});
