import { describe, expect, it } from 'vitest';
import { importRegistry } from '../../../src/registry/import-registry.ts';
import type { ImportCommand, ImportLimits } from '../../../src/registry/import-types.ts';
import { RegistryFileError } from '../../../src/registry/ports.ts';
import { StoredRegistryReader } from '../../../src/registry/reader.ts';
import { RegistryStore } from '../../../src/registry/store.ts';
import { MemoryObjects, listOf } from '../../support/registry.ts';

const nowMs = Date.UTC(2026, 10, 20, 12);
const clock = { nowMs: () => nowMs };

function setUp(limits?: Partial<ImportLimits>) {
  const objects = new MemoryObjects();
  const store = new RegistryStore(objects);
  let versions = 0;
  const newVersion = () => `v${(versions += 1)}`;
  const run = (command: ImportCommand) =>
    importRegistry({ store, clock, newVersion, ...(limits && { limits }) }, command);
  const importTexts = (texts: Record<string, string>, options: Omit<ImportCommand, 'files'> = {}) =>
    run({ ...options, files: Object.entries(texts).map(([name, text]) => listOf(name, [text])) });
  const states = async (...numbers: string[]) => {
    const reader = new StoredRegistryReader({ store, clock, reportFault: () => {} });
    return Promise.all(numbers.map(async (number) => (await reader.lookUp(number))?.state));
  };
  return { objects, store, run, importTexts, states };
}

const failureOf = async (result: ReturnType<typeof importRegistry>) => {
  const settled = await result;
  return settled.ok ? undefined : settled.failure;
};

describe('full lists', () => {
  it('become the copy in use, with count and date of each area code', async () => {
    const { importTexts, states } = setUp();
    const result = await importTexts({
      '2026-11-19_212.txt': '2122000001\n2122000001\n2122000003\n',
      '2026-11-18.txt': '415,2000000\n',
    });
    expect(result).toMatchObject({
      ok: true,
      value: {
        outcome: 'switched',
        areaCodesTouched: ['212', '415'],
        manifest: {
          version: 'v1',
          previous: null,
          subscription: 'all',
          areaCodes: {
            212: { count: 2, asOfMs: Date.UTC(2026, 10, 19) },
            415: { count: 1, asOfMs: Date.UTC(2026, 10, 18) },
          },
        },
      },
    });
    expect(await states('+12122000001', '+12122000002', '+12122000003', '+14152000000', '+14152000001')).toEqual([
      'listed',
      'clear',
      'listed',
      'listed',
      'clear',
    ]);
  });

  it('replace the area codes they name and leave the others as they are', async () => {
    const { importTexts, states } = setUp();
    await importTexts({ '2026-11-10_a.txt': '2122000001\n', '2026-11-10_b.txt': '4152000001\n' });
    await importTexts({ '2026-11-19_a.txt': '2122000002\n' });
    expect(await states('+12122000001', '+12122000002', '+14152000001')).toEqual(['clear', 'listed', 'listed']);
  });

  it('are the whole copy where the copy in use is to be forgotten', async () => {
    const { importTexts, states } = setUp();
    await importTexts({ '2026-11-10.txt': '4152000001\n' });
    await importTexts({ '2026-11-19.txt': '2122000002\n' }, { replace: true });
    expect(await states('+12122000002', '+14152000001')).toEqual(['listed', 'unreadable']);
  });

  it('of one area code in several files are united and as old as the oldest', async () => {
    const { importTexts } = setUp();
    const result = await importTexts({ '2026-11-19.txt': '2122000001\n', '2026-11-12.txt': '2122000002\n' });
    expect(result).toMatchObject({
      value: { manifest: { areaCodes: { 212: { count: 2, asOfMs: Date.UTC(2026, 10, 12) } } } },
    });
  });

  it('imported a second time change nothing, and the copy before stays kept', async () => {
    const { importTexts, store } = setUp();
    await importTexts({ '2026-11-10.txt': '2122000001\n' });
    await importTexts({ '2026-11-19.txt': '2122000002\n' });
    const again = await importTexts({ '2026-11-19.txt': '2122000002\n' });
    expect(again).toMatchObject({ value: { outcome: 'unchanged', manifest: { version: 'v2' } } });
    expect((await store.current())?.manifest.previous).toBe('v1');
  });

  it('count malformed lines up to the limit', async () => {
    const { importTexts } = setUp();
    const result = await importTexts({ '2026-11-19.txt': `2122000001\n${'x\n'.repeat(10)}` });
    expect(result).toMatchObject({ value: { lists: [{ rows: 1, malformedCount: 10 }] } });
  });
});

describe('change lists', () => {
  const base = { '2026-11-10.txt': '2122000001\n2122000002\n', '2026-11-10_415.txt': '4152000001\n' };

  it('add and delete on a copy of the base and make its date their own', async () => {
    const { importTexts, states } = setUp();
    await importTexts(base);
    const result = await importTexts({ '2026-11-19.csv': '212,2000001,2026-11-15,D\n212,2000003,2026-11-16,A\n' });
    expect(result).toMatchObject({
      value: {
        manifest: {
          areaCodes: { 212: { count: 2, asOfMs: Date.UTC(2026, 10, 19) }, 415: { asOfMs: Date.UTC(2026, 10, 10) } },
        },
      },
    });
    expect(await states('+12122000001', '+12122000002', '+12122000003')).toEqual(['clear', 'listed', 'listed']);
  });

  it('make the whole copy newer where they cover all of it', async () => {
    const { importTexts } = setUp();
    await importTexts(base);
    const result = await importTexts({ '2026-11-19.csv': '2122000003,A\n' }, { changesCoverAll: true });
    expect(result).toMatchObject({ value: { manifest: { areaCodes: { 415: { asOfMs: Date.UTC(2026, 10, 19) } } } } });
  });

  it('apply to a full list of the same import', async () => {
    const { importTexts, states } = setUp();
    await importTexts({ '2026-11-19.csv': '2122000001,D\n', ...base });
    expect(await states('+12122000001', '+12122000002')).toEqual(['clear', 'listed']);
  });

  it('are refused without a full list of the area code', async () => {
    const { importTexts } = setUp();
    expect(await failureOf(importTexts({ '2026-11-19.csv': '2122000001,D\n' }))).toEqual({
      code: 'change-list-without-base',
      detail: 'A change list names area code 212, but there is no full list of it: import the full list first.',
    });
  });

  it('are refused beyond the rows that are held', async () => {
    const { importTexts } = setUp({ changeRowsMax: 2 });
    expect(
      await failureOf(importTexts({ '2026-11-19.csv': '2122000001,D\n2122000002,D\n2122000003,D\n' })),
    ).toMatchObject({ code: 'too-much' });
  });
});

describe('what is refused', () => {
  it.each([
    [
      'an empty file',
      { '2026-11-19.txt': '' },
      'list-empty',
      '2026-11-19.txt is empty: a list has at least one number.',
    ],
    [
      'a file of a header alone',
      { '2026-11-19.txt': 'number\n' },
      'list-empty',
      '2026-11-19.txt is empty: a list has at least one number.',
    ],
    [
      'a file that is no list',
      { '2026-11-19.txt': 'Dear Sir or Madam,\nnothing here.\n'.repeat(9) },
      'not-a-registry-list',
      '2026-11-19.txt is no registry list: no line is a ten-digit number, "area,number" or a change (line 2: it is not ten digits).',
    ],
    [
      'an XML file',
      { '2026-11-19.txt': '<?xml version="1.0"?>' },
      'not-a-registry-list',
      '2026-11-19.txt is an XML file: download the list as flat text instead.',
    ],
    [
      'too many malformed lines',
      { '2026-11-19.txt': `2122000001\n${'2121\n'.repeat(11)}` },
      'too-many-malformed-lines',
      '2026-11-19.txt has more than 10 malformed lines, the first one is line 2: it is not ten digits.',
    ],
    [
      'a list that breaks off',
      { '2026-11-19.txt': '2122000001\n21220000' },
      'list-cut-off',
      '2026-11-19.txt ends in the middle of a line, so it was cut off: download it again.',
    ],
    [
      'a list without a date',
      { '212.txt': '2122000001\n' },
      'date-missing',
      "The date of 212.txt is not known: put it in the file's name (2026-11-02_212.txt) or state it with --as-of.",
    ],
    [
      'a list of the future',
      { '2026-11-22.txt': '2122000001\n' },
      'date-in-future',
      '2026-11-22.txt is dated 2026-11-22, which is in the future.',
    ],
    ['nothing', {}, 'no-files', 'No file was named: name at least one list to import.'],
  ])('%s', async (_, texts, code, detail) => {
    const { importTexts, objects } = setUp();
    expect(await failureOf(importTexts(texts))).toMatchObject({ code, detail });
    expect(objects.objects.has('current.json')).toBe(false);
  });

  it('a list older than the copy in use, unless allowed', async () => {
    const { importTexts } = setUp();
    await importTexts({ '2026-11-10.txt': '2122000001\n' });
    const older = { '2026-11-09.txt': '2122000002\n' };
    expect(await failureOf(importTexts(older))).toEqual({
      code: 'list-older-than-copy',
      detail: 'The list of area code 212 is of 2026-11-09, but there is one of 2026-11-10 already.',
    });
    expect(await importTexts(older, { allowOlder: true })).toMatchObject({ ok: true });
  });

  it('a list that makes an area code much smaller, unless allowed', async () => {
    const { importTexts } = setUp();
    const numbers = Array.from({ length: 1_000 }, (_, index) => `212${2_000_000 + index}\n`);
    await importTexts({ '2026-11-10.txt': numbers.join('') });
    const cutOff = { '2026-11-11.txt': numbers.slice(0, 749).join('') };
    expect(await failureOf(importTexts(cutOff))).toMatchObject({ code: 'list-cut-off' });
    expect(await importTexts(cutOff, { allowShrink: true })).toMatchObject({ ok: true });
  });

  it('a file that its adapter cannot unpack, with its sentence', async () => {
    const { run } = setUp();
    const file = {
      name: 'broken.zip',
      // oxlint-disable-next-line require-yield
      async *lists() {
        throw new RegistryFileError('broken.zip is damaged.');
      },
    };
    expect(await failureOf(run({ files: [file] }))).toEqual({
      code: 'file-unreadable',
      detail: 'broken.zip is damaged.',
    });
  });

  it('one bad list among good ones, and then all of them', async () => {
    const { importTexts, states } = setUp();
    await importTexts({ '2026-11-10.txt': '2122000001\n' });
    await importTexts({ '2026-11-19_a.txt': '2122000002\n', '2026-11-19_b.txt': '' });
    expect(await states('+12122000001', '+12122000002')).toEqual(['listed', 'clear']);
  });
});

describe('the switch', () => {
  it('leaves the old copy whole wherever the power fails', async () => {
    for (let failAtWrite = 1; failAtWrite <= 5; failAtWrite += 1) {
      const { importTexts, objects, states } = setUp();
      await importTexts({ '2026-11-10.txt': '2122000001\n4152000001\n' });
      objects.writes = 0;
      objects.failAtWrite = failAtWrite;
      const next = { '2026-11-19.txt': '2122000002\n4152000002\n', '2026-11-20.csv': '2122000003,A\n' };
      await expect(importTexts(next)).rejects.toThrow('The power failed.');
      objects.failAtWrite = undefined;
      expect(await states('+12122000001', '+12122000002', '+14152000001')).toEqual(['listed', 'clear', 'listed']);

      await importTexts(next);
      expect(await states('+12122000001', '+12122000002', '+12122000003')).toEqual(['clear', 'listed', 'listed']);
    }
  });

  it('does not overwrite a copy that another import put in use meanwhile', async () => {
    const { importTexts, run, states } = setUp();
    const slow = {
      name: '2026-11-19.txt',
      async *lists() {
        await importTexts({ '2026-11-18.txt': '4152000001\n' });
        yield* listOf('2026-11-19.txt', ['2122000001\n']).lists();
      },
    };
    expect(await failureOf(run({ files: [slow] }))).toMatchObject({ code: 'copy-changed-meanwhile' });
    expect(await states('+14152000001', '+12122000001')).toEqual(['listed', 'unreadable']);
  });
});
