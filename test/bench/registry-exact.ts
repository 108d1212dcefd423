/**
 * Imports a flat text list of 10,000,000 numbers and compares every look-up with a plain set: each listed number, and as
 * many others. Prints JSON; `--numbers N` makes it smaller.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FolderObjects } from '../../src/adapters/files/folder-objects.ts';
import { importRegistry } from '../../src/registry/import-registry.ts';
import { batchState } from '../../src/registry/ports.ts';
import { StoredRegistryReader } from '../../src/registry/reader.ts';
import { RegistryStore } from '../../src/registry/store.ts';
import { listOf } from '../support/registry.ts';

const { values } = parseArgs({ options: { numbers: { type: 'string', default: '10000000' } } });
const size = Number(values.numbers);
const areaCodes = [201, 202, 212, 213, 305, 312, 340, 415, 512, 602, 646, 702, 713, 787, 808, 907, 917, 929, 939, 984];
const folder = mkdtempSync(join(tmpdir(), 'ringback-registry-exact-'));
try {
  const set = new Set<number>();
  while (set.size < size) set.add(randomNumber());
  const store = new RegistryStore(new FolderObjects(folder));
  const clock = { nowMs: () => Date.now() };
  const asOf = new Date().toISOString().slice(0, 10);
  const importStartedAt = performance.now();
  const imported = await importRegistry(
    { store, clock, newVersion: () => 'exact' },
    { files: [listOf('exact.txt', lines(set))], asOf },
  );
  if (!imported.ok) throw new Error(imported.failure.detail);
  const importMs = performance.now() - importStartedAt;
  const reader = new StoredRegistryReader({
    store,
    clock,
    reportFault: (fault) => {
      throw fault;
    },
  });
  const members = Float64Array.from(set);
  const others = Float64Array.from({ length: size }, randomNumber);
  const lookUpStartedAt = performance.now();
  const answers = [await reader.lookUpMany(members), await reader.lookUpMany(others)];
  const lookUpMs = performance.now() - lookUpStartedAt;
  let differences = 0;
  for (const [index, numbers] of [members, others].entries()) {
    const { states } = answers[index] as { states: Uint8Array };
    for (let each = 0; each < numbers.length; each += 1) {
      const expected = set.has(numbers[each] as number) ? batchState.listed : batchState.clear;
      if (states[each] !== expected) differences += 1;
    }
  }
  const listedNumbers = Object.values(imported.value.manifest.areaCodes).reduce((sum, copy) => sum + copy.count, 0);
  const result = {
    numbers: size,
    compared: size * 2,
    differences,
    listedNumbers,
    importMs: Math.round(importMs),
    lookUpMs: Math.round(lookUpMs),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  if (differences > 0 || listedNumbers !== size) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}

function randomNumber(): number {
  const areaCode = areaCodes[Math.floor(Math.random() * areaCodes.length)] as number;
  return 10_000_000_000 + areaCode * 10_000_000 + 2_000_000 + Math.floor(Math.random() * 8_000_000);
}

/** The list in pieces of about a megabyte; the numbers come in no order at all. */
function* lines(numbers: ReadonlySet<number>): Generator<string> {
  let piece = '';
  for (const number of numbers) {
    piece += `${number - 10_000_000_000}\n`;
    if (piece.length > 1_000_000) {
      yield piece;
      piece = '';
    }
  }
  yield piece;
}
