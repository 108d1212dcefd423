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

describe('a quotation mark that is not closed on its line', () => {
  const numbersOf = async (text: string) => (await entriesOf(text)).map(({ number }) => number);
  const number = (last: number) => `+1415555010${last}`;
  const all = [1, 2, 3, 4].map(number);

  it.each([
    ['closed by a word that is quoted', '{1},"called at 5\n{2},ok\n{3},"wants no calls"\n{4},fine\n'],
    ['closed like a good one', '{1},"called at 5\n{2},ok\n{3},wants "\n{4},fine\n'],
    ['before the number', '"{1},asked\n{2},"no calls"\n{3},a\n{4},b\n'],
    ['with line ends of Windows', '{1},"called at 5\r\n{2},ok\r\n{3},"no"\r\n{4},fine\r\n'],
    ['beside a quoted cell', '{1},"a, ""b""",x,"bad\n{2},"a, b"\n{3},"no"\n{4},fine\n'],
  ])('loses no number: %s', async (_what, rows) => {
    const text = rows.replaceAll(/\{(\d)\}/g, (_, last) => number(Number(last)));

    expect(await numbersOf(text)).toEqual(all);
    expect(await numbersOf(`phone,notes\n${text}`)).toEqual(all);
  });

  it('loses no number in the row that names the columns', async () => {
    expect(await numbersOf(`phone,"notes\n${number(1)},x\n${number(2)},"y"\n`)).toEqual([number(1), number(2)]);
  });

  it('loses no number where line ends are of several kinds', async () => {
    const text = `phone\r\n${number(1)}\n${number(2)}\r${number(3)}\r\n${number(4)}\r\n`;

    expect(await numbersOf(text)).toEqual(all);
  });

  it('finds the number that stands behind it', async () => {
    const text = `reason,phone\n"asked,${number(1)}\nasked,${number(2)}\nno calls",${number(3)}\nfine,${number(4)}\n`;

    expect(await numbersOf(text)).toEqual(all);
    expect((await entriesOf(text))[0]?.reason).toBe('asked');
  });

  it('reports each line that has no good number, by its place in the file', async () => {
    const text = `phone,notes\n${number(1)},"called at 5\n+1415555,ok\nnobody,"x"\n`;

    expect(await rejectsOf(text)).toEqual([
      { row: 3, value: '+1415*55', code: 'number-impossible' },
      { row: 4, value: '******', code: 'number-not-understood' },
    ]);
    expect(await numbersOf(text)).toEqual([number(1)]);
  });

  it('is told from notes over several lines, which are one row', async () => {
    const text = `phone,notes\n${number(1)},"called at 5,\nwants ""no"" calls"\n${number(2)},"\n"\nnobody,x\n`;

    expect(await numbersOf(text)).toEqual([number(1), number(2)]);
    expect(await rejectsOf(text)).toMatchObject([{ row: 4, code: 'number-not-understood' }]);
  });

  it.each([',', '\t'])(
    'may as well be notes with a number, and the one behind them is listed all the same: %j',
    async (delimiter) => {
      const text = `name,notes,phone,city\nAda,"do not call\n${number(2)} either",${number(1)},\n`;

      expect(await numbersOf(text.replaceAll(',', delimiter))).toEqual([number(1)]);
      expect(await rejectsOf(text)).toEqual([{ row: 2, value: '', code: 'number-missing' }]);
    },
  );
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
    const text = `number,reason\n4155550131,x\n4155550132,"never closed\n${'4155550133,x\n'.repeat(2_000)}`;
    await expect(read(text)).rejects.toThrow(
      'The file is no readable CSV from line 3 on: a quotation mark is not closed, or a row is longer than 10000 bytes.',
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
