import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FolderObjects } from '../../../../src/adapters/files/folder-objects.ts';

let folder: string;
let objects: FolderObjects;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringback-folder-'));
  objects = new FolderObjects(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const bytes = Buffer.from('0123456789');

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

it('gives back what was written, whole and in ranges', async () => {
  await objects.write('bitmaps/212/a.bits', bytes);
  const into = new Uint8Array(10);
  await objects.readInto('bitmaps/212/a.bits', into);
  expect(Buffer.from(into)).toEqual(bytes);
  expect(Buffer.from(await objects.readRange('bitmaps/212/a.bits', 3, 4)).toString()).toBe('3456');
  expect((await objects.read('bitmaps/212/a.bits'))?.bytes).toEqual(bytes);
});

it('gives nothing for an object that is not there, but throws for a part of it', async () => {
  expect(await objects.read('none')).toBeUndefined();
  await expect(objects.readRange('none', 0, 1)).rejects.toThrow('ENOENT');
});

it('throws rather than pad what is too short', async () => {
  await objects.write('a', bytes);
  await expect(objects.readRange('a', 8, 4)).rejects.toThrow('a ends after 10 bytes, 12 were expected.');
  await expect(objects.readInto('a', new Uint8Array(11))).rejects.toThrow('a has 10 bytes, expected 11.');
});

it('replaces only what still is as it was read', async () => {
  expect(await objects.replace('current.json', bytes, undefined)).toBe('replaced');
  expect(await objects.replace('current.json', bytes, undefined)).toBe('conflict');
  const tag = (await objects.read('current.json'))?.tag;
  expect(await objects.replace('current.json', Buffer.from('next'), tag)).toBe('replaced');
  expect(await objects.replace('current.json', bytes, tag)).toBe('conflict');
  expect((await objects.read('current.json'))?.bytes).toEqual(Buffer.from('next'));
});

it('lets one of two replacements at once win', async () => {
  const outcomes = await Promise.all(
    ['a', 'b', 'c'].map((text) => objects.replace('current.json', Buffer.from(text), undefined)),
  );
  expect(outcomes.toSorted()).toEqual(['conflict', 'conflict', 'replaced']);
});

it('takes over a lock that a dead process left, and respects a young one', async () => {
  const lock = join(folder, 'current.json.lock');
  await writeFile(lock, '');
  expect(await objects.replace('current.json', bytes, undefined)).toBe('conflict');
  await utimes(lock, 0, 0);
  expect(await objects.replace('current.json', bytes, undefined)).toBe('replaced');
});

it('leaves no parts of files behind', async () => {
  await objects.write('a', bytes);
  await objects.replace('a', bytes, (await objects.read('a'))?.tag);
  expect(await readdir(folder)).toEqual(['a']);
});

it('lists keys with their time and removes them', async () => {
  await objects.write('bitmaps/212/a.bits', bytes);
  await objects.write('manifests/v1.json', bytes);
  const listed = await collect(objects.list('bitmaps/'));
  expect(listed).toEqual([{ key: 'bitmaps/212/a.bits', modifiedMs: expect.any(Number) }]);
  expect(Date.now() - (listed[0]?.modifiedMs ?? 0)).toBeLessThan(60_000);
  await objects.remove('bitmaps/212/a.bits');
  expect(await collect(objects.list('bitmaps/'))).toEqual([]);
  expect(await collect(objects.list('none/'))).toEqual([]);
});
