import { describe, expect, it } from 'vitest';
import { type BulkPiece, type BulkParseSettings, parseSuppressions } from '../../../src/suppression/bulk-parse.ts';
import type { BulkDefaults } from '../../../src/suppression/bulk-row.ts';

const nowMs = Date.UTC(2026, 10, 20, 12);
const defaults: BulkDefaults = {
  reason: 'asked',
  source: 'import:list.csv',
  addedBy: 'ada',
  addedAtMs: nowMs,
  country: 'US',
};

async function read(
  text: string | string[],
  options: Partial<BulkDefaults> = {},
  settings?: BulkParseSettings,
): Promise<BulkPiece[]> {
  async function* chunks() {
    for (const piece of [text].flat()) yield Buffer.from(piece);
  }
  const pieces: BulkPiece[] = [];
  for await (const piece of parseSuppressions(chunks(), { ...defaults, ...options }, settings)) pieces.push(piece);
  return pieces;
}
const entriesOf = async (...args: Parameters<typeof read>) => (await read(...args)).flatMap(({ entries }) => entries);
const rejectsOf = async (...args: Parameters<typeof read>) => (await read(...args)).flatMap(({ rejects }) => rejects);

describe('parseSuppressions', () => {
  it('reads the columns of an export', async () => {
    const text =
      'number,reason,source,addedBy,addedAt\r\n+14155550132,"said ""no"", twice",crm,bob,2026-11-02T03:04:05Z\r\n';
    expect(await entriesOf(text)).toEqual([
      {
        number: '+14155550132',
        list: 'internal',
        reason: 'said "no", twice',
        source: 'crm',
        addedBy: 'bob',
        addedAtMs: Date.UTC(2026, 10, 2, 3, 4, 5),
      },
    ]);
  });

  it('fills in what a row does not say', async () => {
    expect(await entriesOf('(415) 555-0132\n')).toEqual([
      {
        number: '+14155550132',
        list: 'internal',
        reason: 'asked',
        source: 'import:list.csv',
        addedBy: 'ada',
        addedAtMs: nowMs,
      },
    ]);
  });

  it.each([
    '\uFEFFPhone Number;Reason\n4155550132;later\n',
    'reason\tPHONE_NUMBER\nlater\t4155550132\n',
    'reason,note,number\nlater,x,4155550132',
  ])('finds the columns in %j', async (text) => {
    expect(await entriesOf(text)).toMatchObject([{ number: '+14155550132', reason: 'later' }]);
  });

  it('reads the same however the bytes are cut', async () => {
    const text = 'number,reason\n4155550132,"é, ünï"\n4155550133,b\n';
    const bytes = [...Buffer.from(text)];
    async function* chunks() {
      for (const byte of bytes) yield Buffer.from([byte]);
    }
    const found: string[] = [];
    for await (const { entries } of parseSuppressions(chunks(), defaults))
      for (const { number, reason } of entries) found.push(number, reason);
    expect(found).toEqual(['+14155550132', 'é, ünï', '+14155550133', 'b']);
  });

  it('takes the apostrophe away that an export put before a formula', async () => {
    expect(await entriesOf("number,reason\n'+14155550132,'=cmd\n")).toMatchObject([
      { number: '+14155550132', reason: '=cmd' },
    ]);
  });

  it('gives pieces of the asked size with the row they end at, blank rows counted', async () => {
    const pieces = await read('number\n4155550131\n\n4155550132\n4155550133\n', {}, { pieceRows: 2 });
    expect(pieces.map(({ entries, row }) => [entries.length, row])).toEqual([
      [2, 4],
      [1, 5],
    ]);
  });

  it.each([
    ['nonsense', { value: '********', code: 'number-not-understood' }],
    ['+1415555', { value: '+1415*55', code: 'number-impossible' }],
    [',x', { value: '', code: 'number-missing' }],
    [`4155550132,${'x'.repeat(501)}`, { value: '+1415*****32', code: 'text-too-long' }],
    ['4155550132,"a\u0007b"', { value: '+1415*****32', code: 'text-unprintable' }],
    ['4155550132,x,yesterday', { value: '+1415*****32', code: 'added-at-not-understood' }],
    ['4155550132,x,2026-11-02 03:04', { value: '+1415*****32', code: 'added-at-not-understood' }],
    ['4155550132,x,2026-11-21', { value: '+1415*****32', code: 'added-at-in-future' }],
  ])('rejects the row %j with its number and a masked value', async (row, expected) => {
    expect(await rejectsOf(`number,reason,addedAt\n4155550100,a,\n${row}\n`)).toEqual([{ row: 3, ...expected }]);
  });

  it('rejects a row without a reason where the import gives none either', async () => {
    const { reason: _, ...withoutReason } = defaults;
    async function* chunks() {
      yield Buffer.from('number,reason\n4155550132,\n');
    }
    for await (const { rejects } of parseSuppressions(chunks(), withoutReason))
      expect(rejects).toMatchObject([{ code: 'reason-missing' }]);
    expect.assertions(1);
  });
});

describe('what is refused as a whole', () => {
  it.each([
    ['', 'The file is empty: it needs at least one number.'],
    ['\n\n', 'The file is empty: it needs at least one number.'],
    [
      'name,city\nAda,London\n',
      'The first row must name the columns (number, reason, source, addedBy, addedAt) or begin with a number.',
    ],
  ])('%j', async (text, message) => {
    await expect(read(text)).rejects.toMatchObject({ name: 'BulkFileError', message });
  });

  it('a file with a quotation mark that is never closed', async () => {
    const text = `number,reason\n4155550132,"never closed\n${'4155550133,x\n'.repeat(2_000)}`;
    await expect(read(text)).rejects.toThrow(
      /^The file is no readable CSV near line \d+: a quotation mark is not closed, or a row is longer than 10000 bytes\.$/,
    );
  });

  it('a file with more rows than may be', async () => {
    await expect(read('4155550131\n4155550132\n4155550133\n', {}, { rowsMax: 2 })).rejects.toThrow(
      'The file has more than 2 rows: import it in parts.',
    );
  });

  it('but a fault of the disk is thrown as it is', async () => {
    // oxlint-disable-next-line require-yield
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('4155550131\n');
      throw new Error('The disk is gone.');
    }
    await expect(async () => {
      for await (const _ of parseSuppressions(chunks(), defaults));
    }).rejects.toThrow('The disk is gone.');
  });
});
