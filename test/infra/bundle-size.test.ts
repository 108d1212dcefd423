import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bundle, bundleFunctions } from '../../infra/build/bundle-functions.ts';
import settings from '../../ringback.config.ts';
import { bundleBytes } from '../support/bundle-bytes.ts';

/**
 * What a cold start may read at most, in bytes, so that no bundle grows unseen. The goal for the form's function is 300,000;
 * docs/measurements.md tells what stands in its way.
 */
const limits: Readonly<Record<string, number>> = {
  'request-call': 440_000,
  'dispatch-call': 465_000,
  // Seconds to minutes of work for each start, and nobody waits for it: numbering plans, policy and four SDK clients.
  'plan-upload': 710_000,
  'plan-part': 685_000,
};
const limitOfOthers = 560_000;

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
