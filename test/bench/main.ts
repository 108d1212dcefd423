import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleFunctions } from '../../infra/build/bundle-functions.ts';
import settings from '../../ringback.config.ts';
import { coldRuns, coldStart, sampleColdStart } from './cold-start.ts';
import { rounded } from './statistics.ts';
import { measureStack } from './through-stack.ts';
import { measureWarm } from './warm-cpu.ts';

const { values } = parseArgs({
  options: { json: { type: 'string' }, skip: { type: 'string', multiple: true, default: [] } },
});
const folder = await mkdtemp(join(tmpdir(), 'ringback-bench-'));

try {
  const bundles = await bundleFunctions(join(folder, 'bundles'), settings);
  const sample = await sampleColdStart(folder);
  const cold = [];
  for (const bundle of bundles) cold.push(await coldStart(bundle));
  const row = (start: typeof sample) => ({
    name: start.name,
    importMs: rounded(start.importMs),
    ofSample: rounded(start.importMs / sample.importMs, 2),
    kilobytes: rounded(start.bytes / 1_000),
    kilobytesWithLazyChunks: rounded(start.bytesTotal / 1_000),
  });
  console.log(`Cold import, median of ${coldRuns} fresh Node ${process.version} processes`);
  console.table([...cold, sample].map(row));

  const warm = values.skip.includes('warm') ? [] : await measureWarm(bundles);
  console.log('CPU a warm request, SDK and network included, against a stub that answers at once');
  console.table(warm);

  const stack = values.skip.includes('stack') ? undefined : await measureStack(folder);
  if (stack) {
    console.log('Through the local stack: every process of it, the engines and the load itself on this machine');
    console.table(stack);
  }
  if (values.json) {
    await writeFile(
      values.json,
      `${JSON.stringify({ node: process.version, cold: [...cold, sample].map(row), warm, stack }, null, 2)}\n`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
