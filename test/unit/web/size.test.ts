import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { buildElement } from '../../../infra/build/web.ts';

const gzipBytesMax = 20 * 1_024;

it('keeps the script of the form within 20 KB, compressed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ringback-size-'));
  await buildElement(folder);
  const files = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file))));
  await rm(folder, { recursive: true });
  const gzipBytes = files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).byteLength, 0);
  expect(gzipBytes).toBeGreaterThan(1_024);
  expect(gzipBytes).toBeLessThanOrEqual(gzipBytesMax);
});
