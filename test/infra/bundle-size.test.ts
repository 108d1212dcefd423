import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bundle, bundleFunctions } from '../../infra/build/bundle-functions.ts';
import settings from '../../ringback.config.ts';
import { bundleBytes } from '../support/bundle-bytes.ts';

/** What a cold start may read at most, in bytes: the form's function is waited for, and every other stays reasonable. */
const limits: Readonly<Record<string, number>> = { 'request-call': 300_000, 'dispatch-call': 350_000 };
const limitOfOthers = 500_000;

let folder: string;
let bundles: readonly Bundle[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringback-bundles-'));
  bundles = await bundleFunctions(folder, settings);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('no cold start reads more than its limit', () => {
  const sizes = bundles.map(({ name, metafile }) => ({
    name,
    bytes: bundleBytes(metafile, `functions/${name}/index.ts`).bytes,
  }));

  const tooLarge = sizes.filter(({ name, bytes }) => bytes > (limits[name] ?? limitOfOthers));

  expect(tooLarge).toEqual([]);
  expect(sizes.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(limits)));
});

test('the function of the form loads no AWS SDK', () => {
  const metafile = bundles.find(({ name }) => name === 'request-call')?.metafile;

  const sdk = Object.keys(metafile?.inputs ?? {}).filter((input) => input.includes('node_modules/@aws-sdk/client-'));

  expect(metafile).toBeDefined();
  expect(sdk).toEqual([]);
});
