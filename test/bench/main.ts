/**
 * `npm run bench [-- --json FILE] [--skip cold|warm|stack]`: how long functions take to load, what CPU a request takes,
 * and what the local stack does. The figures and how to read them are in docs/measurements.md.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleFunctions } from '../../infra/build/bundle-functions.ts';
import settings from '../../ringback.config.ts';
import { type ColdStart, coldRuns, coldStarts, sampleName } from './cold-start.ts';
import { rounded } from './statistics.ts';
import { measureStack } from './through-stack.ts';
import { measureWarm } from './warm-cpu.ts';

const { values } = parseArgs({
  options: { json: { type: 'string' }, skip: { type: 'string', multiple: true, default: [] } },
});
const skips = (part: string): boolean => values.skip.includes(part);
const folder = await mkdtemp(join(tmpdir(), 'ringback-bench-'));
const machine = {
  node: process.version,
  cores: cpus().length,
  cpu: cpus()[0]?.model ?? 'unknown',
  loadAverage: rounded(loadavg()[0] ?? 0),
};

try {
  const bundles = await bundleFunctions(join(folder, 'bundles'), settings);
  const cold = skips('cold') ? [] : rows(await coldStarts(bundles, folder));
  if (cold.length > 0) {
    console.log(`Cold import, median of ${coldRuns} fresh processes each`);
    console.table(cold);
  }
  const warm = skips('warm') ? [] : await measureWarm(bundles);
  if (warm.length > 0) {
    console.log('CPU a warm request, network included, against a stub that answers at once');
    console.table(warm);
  }
  const stack = skips('stack') ? undefined : await measureStack(folder);
  if (stack) {
    console.log('Through the local stack: every process of it, the engines and the load itself on this machine');
    console.table(stack);
  }
  console.log(machine);
  if (values.json) await writeFile(values.json, `${JSON.stringify({ machine, cold, warm, stack }, null, 2)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

function rows(starts: readonly ColdStart[]): object[] {
  const sampleMs = starts.find(({ name }) => name === sampleName)?.importMs ?? Number.NaN;
  return starts.map(({ name, importMs, bytes, bytesTotal }) => ({
    name,
    importMs: rounded(importMs),
    ofSample: rounded(importMs / sampleMs, 2),
    kilobytes: rounded(bytes / 1_000),
    kilobytesWithLazyChunks: rounded(bytesTotal / 1_000),
  }));
}
