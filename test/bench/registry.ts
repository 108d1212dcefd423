/**
 * Measures 1,000,000 look-ups against 258.5 million listed numbers in this one process and prints JSON.
 * The synthetic copy is made once, in another process, so that its memory does not count: `--prepare` does only that.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FolderObjects } from '../../src/adapters/files/folder-objects.ts';
import { isRegistryAreaCode } from '../../src/registry/area-codes.ts';
import { emptyBitmap } from '../../src/registry/bitmap.ts';
import type { AreaCodeCopy } from '../../src/registry/manifest.ts';
import { batchState } from '../../src/registry/ports.ts';
import { StoredRegistryReader } from '../../src/registry/reader.ts';
import { RegistryStore } from '../../src/registry/store.ts';

/** Active registrations on 30 September 2025 (FTC) and US geographic area codes. */
const listedTotal = 258_500_000;
const areaCodeCount = 357;
const lookUps = 1_000_000;

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: join(tmpdir(), 'ringback-registry-bench') },
    prepare: { type: 'boolean' },
  },
});
const store = new RegistryStore(new FolderObjects(values.folder));
const areaCodes = Array.from({ length: 800 }, (_, index) => 200 + index)
  .filter(isRegistryAreaCode)
  .slice(0, areaCodeCount);

if (values.prepare) await prepare();
else await measure();

async function prepare(): Promise<void> {
  const copies: Record<string, AreaCodeCopy> = {};
  const asOfMs = Date.now();
  let left = listedTotal;
  const random = xorshift(20_250_930);
  for (const [index, areaCode] of areaCodes.entries()) {
    const bitmap = emptyBitmap();
    const count = Math.ceil(left / (areaCodes.length - index));
    left -= count;
    for (let set = 0; set < count; ) {
      const line = 2_000_000 + (random() % 8_000_000);
      const mask = 1 << (line & 7);
      const byte = bitmap[line >> 3] as number;
      if (byte & mask) continue;
      bitmap[line >> 3] = byte | mask;
      set += 1;
    }
    copies[areaCode] = { ...(await store.writeBitmap(String(areaCode), bitmap)), asOfMs };
  }
  const current = await store.current();
  const version = `bench-${asOfMs}`;
  await store.switchTo(
    {
      schema: 'ringback.registry.v1',
      country: 'US',
      version,
      createdAtMs: asOfMs,
      previous: null,
      subscription: 'all',
      areaCodes: copies,
    },
    current?.tag,
  );
}

async function measure(): Promise<void> {
  const prepareStartedAt = performance.now();
  if (!existsSync(join(values.folder, 'current.json'))) {
    execFileSync(process.execPath, [import.meta.filename, '--prepare', '--folder', values.folder], {
      stdio: 'inherit',
    });
  }
  const prepareMs = performance.now() - prepareStartedAt;
  const random = xorshift(1);
  const numbers = Array.from({ length: lookUps }, () => {
    const areaCode = areaCodes[random() % areaCodes.length] as number;
    return `+1${areaCode}${2_000_000 + (random() % 8_000_000)}`;
  });
  const reader = new StoredRegistryReader({
    store,
    clock: { nowMs: () => Date.now() },
    reportFault: (fault) => {
      throw fault;
    },
  });
  const startedAt = performance.now();
  const { states } = await reader.lookUpMany(numbers);
  const lookUpMs = performance.now() - startedAt;
  const manifest = (await store.current())?.manifest;
  const listedNumbers = Object.values(manifest?.areaCodes ?? {}).reduce((sum, copy) => sum + copy.count, 0);
  const count = (state: number) => states.reduce((sum, each) => sum + Number(each === state), 0);
  const result = {
    listedNumbers,
    areaCodes: areaCodes.length,
    lookUps,
    lookUpMs: Math.round(lookUpMs),
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    prepareMs: Math.round(prepareMs),
    listed: count(batchState.listed),
    clear: count(batchState.clear),
    unreadable: count(batchState.unreadable),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  const withinLimits =
    result.lookUpMs <= 3_000 && result.peakRssMb <= 256 && result.unreadable === 0 && listedNumbers === listedTotal;
  if (!withinLimits) process.exitCode = 1;
}

/** Repeatable pseudo-random 31-bit integers. */
function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 1;
  };
}
