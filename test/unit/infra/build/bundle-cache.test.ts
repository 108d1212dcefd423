import { mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BundleCache } from '../../../../infra/build/bundle-cache.ts';

const longAgo = new Date('2026-01-01T00:00:00Z');
let root: string;
let builds: number;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ringback-bundle-cache-'));
  builds = 0;
  await source('a.ts', 'one');
  await source('b.ts', 'two');
});
afterEach(() => rm(root, { recursive: true }));

async function source(path: string, content: string): Promise<void> {
  await writeFile(join(root, path), content);
  await utimes(join(root, path), longAgo, longAgo);
}

/** A build that joins its two files, in a new process each time as far as the cache is concerned. */
async function fill(ingredients = 'plain', duringBuild?: () => Promise<void>): Promise<string> {
  const directory = await mkdtemp(join(root, 'out-'));
  const cache = new BundleCache(join(root, 'cache'), root);
  const metafile = await cache.provide({ name: 'dial', ingredients }, directory, async () => {
    builds += 1;
    const parts = await Promise.all(['a.ts', 'b.ts'].map((path) => readFile(join(root, path), 'utf8')));
    await duringBuild?.();
    await writeFile(join(directory, 'index.mjs'), `${ingredients}: ${parts.join(' ')}`);
    return { inputs: { 'a.ts': {}, 'b.ts': {}, 'builtin:node:fs': {} }, outputs: {} } as unknown as Metafile;
  });
  expect(Object.keys(metafile.inputs)).toEqual(['a.ts', 'b.ts', 'builtin:node:fs']);
  return readFile(join(directory, 'index.mjs'), 'utf8');
}

describe('BundleCache', () => {
  it('builds once what stays the same', async () => {
    expect([await fill(), await fill(), await fill()]).toEqual(Array(3).fill('plain: one two'));
    expect(builds).toBe(1);
  });

  it('builds anew where a file has another content, and finds the earlier bundle when it comes back', async () => {
    await fill();
    await source('b.ts', 'three');

    expect(await fill()).toBe('plain: one three');
    await source('b.ts', 'two');
    expect(await fill()).toBe('plain: one two');
    expect(builds).toBe(2);
  });

  it('builds anew where anything else decides otherwise', async () => {
    expect([await fill('plain'), await fill('small')]).toEqual(['plain: one two', 'small: one two']);
    expect(builds).toBe(2);
  });

  it('does not keep a bundle whose files were changed while it was built', async () => {
    const changing = () => writeFile(join(root, 'b.ts'), 'three');

    expect(await fill('plain', changing)).toBe('plain: one two');
    expect(await fill()).toBe('plain: one three');
  });

  it('builds where an entry is not whole', async () => {
    await fill();
    const entry = (await readdir(join(root, 'cache/dial'))).find((name) => name !== 'inputs.json');
    await rm(join(root, 'cache/dial', entry ?? '', 'bundle'), { recursive: true });

    expect(await fill()).toBe('plain: one two');
    expect(builds).toBe(2);
  });

  it('takes two builds of the same at once', async () => {
    expect(await Promise.all([fill(), fill(), fill()])).toEqual(Array(3).fill('plain: one two'));
    expect((await readdir(join(root, 'cache/dial'))).toSorted()).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}$/),
      'inputs.json',
    ]);
  });

  it('forgets what has not been used for longest', async () => {
    for (let index = 0; index < 9; index += 1) await fill(`recipe ${index}`);

    expect(await readdir(join(root, 'cache/dial'))).toHaveLength(7);
  });

  it('does not hide what it did not expect', async () => {
    await mkdir(join(root, 'cache'));
    await writeFile(join(root, 'cache/dial'), 'a file in the way');

    await expect(fill()).rejects.toThrow(/ENOTDIR/);
  });
});
