import { describe, expect, it } from 'vitest';
import { emptyBitmap, setBit } from '../../../src/registry/bitmap.ts';
import type { RegistryManifest } from '../../../src/registry/manifest.ts';
import { RegistryStore } from '../../../src/registry/store.ts';
import { MemoryObjects } from '../../support/registry.ts';

async function setUp(copies: number) {
  const objects = new MemoryObjects();
  const store = new RegistryStore(objects);
  const digests: string[] = [];
  for (let copy = 1; copy <= copies; copy += 1) {
    const bitmap = emptyBitmap();
    setBit(bitmap, 2_000_000 + copy);
    const written = await store.writeBitmap('212', bitmap);
    digests.push(written.sha256);
    const current = await store.current();
    const manifest: RegistryManifest = {
      schema: 'ringback.registry.v1',
      country: 'US',
      version: `v${copy}`,
      createdAtMs: 0,
      previous: current?.manifest.version ?? null,
      subscription: 'all',
      areaCodes: { 212: { ...written, asOfMs: 0 } },
    };
    await store.switchTo(manifest, current?.tag);
  }
  return { objects, store, digests };
}

describe('sweep', () => {
  it('keeps the copy in use and the one before it, and removes the others', async () => {
    const { objects, store, digests } = await setUp(3);
    expect(await store.sweep(1)).toBe(2);
    expect([...objects.objects.keys()].toSorted()).toEqual(
      [
        'current.json',
        'manifests/v2.json',
        'manifests/v3.json',
        ...digests.slice(1).map((digest) => `bitmaps/212/${digest}.bits`),
      ].toSorted(),
    );
  });

  it('keeps what is young: an import may still be at work on it', async () => {
    const { objects, store } = await setUp(3);
    const before = objects.objects.size;
    expect(await store.sweep(0)).toBe(0);
    expect(objects.objects.size).toBe(before);
  });

  it('removes nothing while there is no copy in use', async () => {
    const objects = new MemoryObjects();
    await objects.write('bitmaps/212/left-over.bits', new Uint8Array(1));
    expect(await new RegistryStore(objects).sweep(1)).toBe(0);
    expect(objects.objects.size).toBe(1);
  });
});

describe('what is damaged', () => {
  it('is told where a bitmap is not what its name says', async () => {
    const { objects, store, digests } = await setUp(1);
    const stored = objects.objects.get(`bitmaps/212/${digests[0]}.bits`);
    if (stored) stored.bytes[7] = 1;
    await expect(store.readBitmap('212', digests[0] ?? '', emptyBitmap())).rejects.toThrow(
      'The registry bitmap of area code 212 is not the one that was written.',
    );
  });

  it('is told where a manifest was changed', async () => {
    const { objects, store } = await setUp(1);
    await objects.write('manifests/v1.json', Buffer.from('{}'));
    await expect(store.current()).rejects.toThrow('The manifest of registry copy v1 is not the one that was written.');
  });

  it('is told where a manifest is missing', async () => {
    const { objects, store } = await setUp(1);
    await objects.remove('manifests/v1.json');
    await expect(store.current()).rejects.toThrow('The manifest of registry copy v1 is missing.');
  });

  it.each(['', 'null', '{"schema":"ringback.registry-pointer.v2","version":"v1"}'])(
    'is told where the pointer is %j',
    async (text) => {
      const { objects, store } = await setUp(1);
      await objects.write('current.json', Buffer.from(text));
      await expect(store.current()).rejects.toMatchObject({ code: 'registry-damaged' });
    },
  );
});
