import { describe, expect, it } from 'vitest';
import { importRegistry } from '../../../src/registry/import-registry.ts';
import { batchState } from '../../../src/registry/ports.ts';
import { StoredRegistryReader } from '../../../src/registry/reader.ts';
import { RegistryStore } from '../../../src/registry/store.ts';
import { MemoryObjects, listOf } from '../../support/registry.ts';

const dayMs = 86_400_000;
const asOfMs = Date.UTC(2026, 10, 2);

async function setUp({ subscription }: { subscription?: string[] } = {}) {
  const objects = new MemoryObjects();
  const store = new RegistryStore(objects);
  const time = { nowMs: asOfMs + dayMs };
  const clock = { nowMs: () => time.nowMs };
  const faults: unknown[] = [];
  let version = 0;
  const put = (name: string, text: string) =>
    importRegistry(
      { store, clock, newVersion: () => `v${(version += 1)}` },
      { files: [listOf(name, [text])], ...(subscription && { subscription }) },
    );
  await put('2026-11-02.txt', '2122000000\n2129999999\n2125555555\n4152000007\n');
  objects.reads.length = 0;
  const reader = new StoredRegistryReader({ store, clock, reportFault: (fault) => faults.push(fault) });
  return { objects, reader, time, faults, put };
}

describe('lookUp', () => {
  it('says listed or clear, with the date of the list', async () => {
    const { reader } = await setUp();
    expect(await reader.lookUp('+12129999999')).toEqual({ list: 'registry:US', state: 'listed', asOfMs });
    expect(await reader.lookUp('+12129999998')).toEqual({ list: 'registry:US', state: 'clear', asOfMs });
    expect((await reader.lookUp('+12122000000'))?.state).toBe('listed');
    expect((await reader.lookUp('+12122000001'))?.state).toBe('clear');
  });

  it.each(['+442079460000', '+14165550123', '+18685550123', '2125550123', '+1212555012', 'nonsense'])(
    'says that the registry does not apply to %s',
    async (number) => {
      const { reader, objects } = await setUp();
      expect(await reader.lookUp(number)).toBeUndefined();
      expect(objects.reads).toEqual([]);
    },
  );

  it('reads one block of the bitmap, once', async () => {
    const { reader, objects } = await setUp();
    await Promise.all([reader.lookUp('+12122000000'), reader.lookUp('+12122000001')]);
    await reader.lookUp('+12122000002');
    expect(objects.reads.filter((key) => key.startsWith('bitmaps/'))).toHaveLength(1);
  });

  it('asks for the manifest again after a minute and then sees the new copy', async () => {
    const { reader, put, time } = await setUp();
    await reader.lookUp('+12122000000');
    await put('2026-11-03.txt', '2122000001\n');
    expect((await reader.lookUp('+12122000001'))?.state).toBe('clear');
    time.nowMs += 60_000;
    expect((await reader.lookUp('+12122000001'))?.state).toBe('listed');
  });

  it('believes a list through its 31st day and not a millisecond longer', async () => {
    const { reader, time } = await setUp();
    time.nowMs = asOfMs + 31 * dayMs;
    expect((await reader.lookUp('+12122000000'))?.state).toBe('listed');
    time.nowMs += 1;
    expect(await reader.lookUp('+12122000000')).toEqual({
      list: 'registry:US',
      state: 'unreadable',
      reason: 'copy-too-old',
      asOfMs,
    });
  });

  it('is unreadable where the copy has no list of the area code', async () => {
    const { reader } = await setUp();
    expect(await reader.lookUp('+13105550123')).toEqual({
      list: 'registry:US',
      state: 'unreadable',
      reason: 'area-code-not-in-copy',
    });
  });

  it('is unreadable, with another reason, where the subscription leaves the area code out', async () => {
    const { reader } = await setUp({ subscription: ['212', '415'] });
    expect(await reader.lookUp('+13105550123')).toMatchObject({
      state: 'unreadable',
      reason: 'area-code-not-subscribed',
    });
  });

  it('is unreadable before the first import', async () => {
    const reader = new StoredRegistryReader({
      store: new RegistryStore(new MemoryObjects()),
      clock: { nowMs: () => 0 },
      reportFault: () => {},
    });
    expect(await reader.lookUp('+12125550123')).toEqual({
      list: 'registry:US',
      state: 'unreadable',
      reason: 'no-copy',
    });
  });

  it('is unreadable and tells the fault where the store fails, and recovers with it', async () => {
    const { reader, objects, faults } = await setUp();
    objects.readFault = new Error('The network is down.');
    expect(await reader.lookUp('+12122000000')).toMatchObject({ state: 'unreadable', reason: 'read-failed' });
    expect(faults).toEqual([objects.readFault]);
    objects.readFault = undefined;
    expect((await reader.lookUp('+12122000000'))?.state).toBe('listed');
  });

  it('is unreadable where the bitmap is gone or too short', async () => {
    const { reader, objects, faults } = await setUp();
    for (const [key, object] of objects.objects)
      if (key.startsWith('bitmaps/')) object.bytes = object.bytes.slice(0, 100);
    expect(await reader.lookUp('+12129999999')).toMatchObject({ state: 'unreadable', reason: 'read-failed', asOfMs });
    expect(faults).toHaveLength(1);
  });

  it('keeps no more blocks in memory than it may', async () => {
    const { objects, put, time } = await setUp();
    const reader = new StoredRegistryReader({
      store: new RegistryStore(objects),
      clock: { nowMs: () => time.nowMs },
      reportFault: () => {},
      settings: { cacheBytesMax: 2 * 16_384 },
    });
    await put('2026-11-03.txt', '2122000000\n');
    objects.reads.length = 0;
    for (const number of ['+12122000000', '+12124000000', '+12122000001', '+12126000000', '+12124000001'])
      await reader.lookUp(number);
    expect(objects.reads.filter((key) => key.startsWith('bitmaps/'))).toHaveLength(4);
  });
});

describe('lookUpMany', () => {
  const texts = ['+12122000000', '+442079460000', '+12122000001', '+14152000007', '+13105550123', '+12129999999'];
  const { listed, clear, unreadable, notApplicable } = batchState;
  const expected = [listed, notApplicable, clear, listed, unreadable, listed];

  it('answers like single look-ups, number by number', async () => {
    const { reader } = await setUp();
    const batch = await reader.lookUpMany(texts);
    expect([...batch.states]).toEqual(expected);
    for (const [index, number] of texts.entries()) expect(batch.factAt(index)).toEqual(await reader.lookUp(number));
  });

  it('takes numbers without plus sign, and any iterable', async () => {
    const { reader } = await setUp();
    const numeric = Float64Array.from(texts, (text) => Number(text.slice(1)));
    expect([...(await reader.lookUpMany(numeric)).states]).toEqual(expected);
    expect([...(await reader.lookUpMany(new Set(texts))).states]).toEqual(expected);
  });

  it('loads each area code once', async () => {
    const { reader, objects } = await setUp();
    await reader.lookUpMany([...texts, ...texts, ...texts]);
    expect(objects.reads.filter((key) => key.startsWith('bitmaps/'))).toHaveLength(2);
  });

  it('is unreadable for the numbers of a damaged bitmap, and for those alone', async () => {
    const { reader, objects, faults } = await setUp();
    for (const [key, object] of objects.objects) if (key.startsWith('bitmaps/212')) object.bytes[0] = 255;
    const batch = await reader.lookUpMany(texts);
    expect([...batch.states]).toEqual([unreadable, notApplicable, unreadable, listed, unreadable, unreadable]);
    expect(batch.factAt(0)).toEqual({ list: 'registry:US', state: 'unreadable', reason: 'read-failed', asOfMs });
    expect(faults).toHaveLength(1);
  });

  it('is unreadable throughout where the manifest cannot be read', async () => {
    const { reader, objects } = await setUp();
    objects.readFault = new Error('The network is down.');
    expect([...(await reader.lookUpMany(['+12122000000'])).states]).toEqual([unreadable]);
  });

  it('answers an empty batch', async () => {
    const { reader } = await setUp();
    expect((await reader.lookUpMany([])).states).toHaveLength(0);
  });
});

it('agrees with a plain set on 300,000 numbers', async () => {
  const set = new Set<number>();
  for (let index = 0; set.size < 300_000; index += 1) set.add(2_122_000_000 + ((index * 2_654_435_761) % 7_900_000));
  const store = new RegistryStore(new MemoryObjects());
  const clock = { nowMs: () => asOfMs };
  const lines = [...set].map((number) => `${number}\n`).join('');
  await importRegistry({ store, clock, newVersion: () => 'v1' }, { files: [listOf('2026-11-02.txt', [lines])] });
  const reader = new StoredRegistryReader({ store, clock, reportFault: () => {} });
  const probes = Float64Array.from({ length: 1_000_000 }, (_, index) => 12_122_000_000 + index * 7);

  const { states } = await reader.lookUpMany(probes);

  let differences = 0;
  for (const [index, probe] of probes.entries())
    if ((states[index] === batchState.listed) !== set.has(probe - 10_000_000_000)) differences += 1;
  expect(differences).toBe(0);
});
