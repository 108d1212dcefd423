import { expect, it } from 'vitest';
import { countBits, emptyBitmap, hasBit } from '../../../src/registry/bitmap.ts';
import { BitmapPool } from '../../../src/registry/bitmap-pool.ts';
import { RegistryStore } from '../../../src/registry/store.ts';
import { MemoryObjects } from '../../support/registry.ts';

const areaCodes = Array.from({ length: 40 }, (_, index) => 300 + index);

async function fill(residentMax: number, rounds: number) {
  const objects = new MemoryObjects();
  const store = new RegistryStore(objects);
  const pool = new BitmapPool(store, { residentMax });
  for (let round = 0; round < rounds; round += 1) {
    for (const areaCode of areaCodes) {
      pool.set(areaCode, 2_000_000 + round);
      if (areaCode % 7 === 0) await pool.relieve();
    }
  }
  return { objects, store, written: await pool.settle() };
}

it('loses nothing when bitmaps are put away and asked for again', async () => {
  const { store, written } = await fill(4, 3);
  const bitmap = emptyBitmap();
  for (const areaCode of areaCodes) {
    await store.readBitmap(String(areaCode), written.get(areaCode)?.sha256 ?? '', bitmap);
    expect(countBits(bitmap)).toBe(3);
    expect(hasBit(bitmap, 2_000_002)).toBe(true);
  }
});

it('writes each bitmap once where the lists come area code by area code', async () => {
  const { objects } = await fill(400, 1);
  expect(objects.writes).toBe(areaCodes.length);
});

it('stops putting away once a list turns out to be in no order', async () => {
  const { objects } = await fill(400, 20);
  expect(objects.writes).toBeLessThan(areaCodes.length * 3);
});
