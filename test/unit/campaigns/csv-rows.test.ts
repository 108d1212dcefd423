import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvRows } from '../../../src/campaigns/csv-rows.ts';

type Seen = readonly [number, readonly string[] | string];

function read(text: string, columns: number, { delimiter = ',', pieces = [text] } = {}): Seen[] {
  const seen: Seen[] = [];
  const rows = new CsvRows(
    { delimiter, columns, row: 0 },
    { row: (cells, row) => seen.push([row, [...cells]]), fault: (row, code) => seen.push([row, code]) },
  );
  for (const piece of pieces) rows.push(piece);
  rows.finish();
  return seen;
}
const cut = (text: string, size: number): string[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, index) => text.slice(index * size, (index + 1) * size));

describe('CsvRows', () => {
  it('reads plain and quoted cells, line breaks inside marks, and both line ends', () => {
    expect(read('a,b\r\n"1,5","say ""hi"""\n"two\nlines",x\nlast,row', 2)).toEqual([
      [1, ['a', 'b']],
      [2, ['1,5', 'say "hi"']],
      [3, ['two\nlines', 'x']],
      [4, ['last', 'row']],
    ]);
  });

  it('takes a mark in the middle of a cell for text', () => {
    expect(read('5" pipe,x\n', 2)).toEqual([[1, ['5" pipe', 'x']]]);
  });

  it('counts blank lines and leaves them out', () => {
    expect(read('a,b\n\n\r\nc,d\n', 2)).toEqual([
      [1, ['a', 'b']],
      [4, ['c', 'd']],
    ]);
  });

  it('takes further cells that are empty, and rejects a row of another length', () => {
    expect(read('a,b,,\na,b,c\na\n', 2)).toEqual([
      [1, ['a', 'b']],
      [2, 'row-columns'],
      [3, 'row-columns'],
    ]);
  });

  it.each([
    ['is never closed', 'a,"b\nc,d\ne,f\n'],
    ['is followed by text', 'a,"b"x\nc,d\ne,f\n'],
    ['is closed by the mark of a later row', 'a,"b\nc,d\ne,"f"\n'],
    ['ate rows up to another mark', '"a,b\nc,d\ne",f,g\n'],
  ])('rejects only the row whose mark %s', (_name, text) => {
    const seen = read(text, 2);

    expect(seen[0]).toEqual([1, 'row-quotes']);
    expect(seen[1]).toEqual([2, ['c', 'd']]);
  });

  it('rejects a row that is too long, in constant memory, and goes on after it', () => {
    const text = `a,b\n${'x'.repeat(200_000)},y\nc,d\n`;

    const seen = read(text, 2, { pieces: cut(text, 10_000) });

    expect(seen).toEqual([
      [1, ['a', 'b']],
      [2, 'row-too-long'],
      [3, ['c', 'd']],
    ]);
  });

  it('tells the same of rows about as long as may be, however the text is cut', () => {
    const long = fc.integer({ min: 32_750, max: 32_790 }).map((length) => 'x'.repeat(length));
    const cell = fc.oneof(long, fc.constantFrom('a', '"b"', '"c\nd"', '"never closed', '"e" f'));
    const row = fc.oneof(
      fc.tuple(cell, cell).map((cells) => cells.join(',')),
      long.map((text) => `"${text.slice(9)}\n${text.slice(0, 9)}",z`),
      long.map((text) => `"${text}",z`),
    );
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 6 }),
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 40_000 }),
        (rows, lineEnd, size) => {
          const text = rows.map((each) => each + lineEnd).join('');
          expect(read(text, 2, { pieces: cut(text, size) })).toEqual(read(text, 2));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reads what the general parser reads, however the text is cut', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'é'), maxLength: 5 });
    const table = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 8 });

    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 12 }), (rows, size) => {
        const text = rows
          .map((cells) => cells.map((each) => `"${each.replaceAll('"', '""')}"`).join(',') + '\n')
          .join('');
        const seen = read(text, 3, { pieces: cut(text, size) });
        expect(seen.map(([, cells]) => cells)).toEqual(parse(text));
      }),
    );
  });

  it('never throws and never loses the rows around damaged ones', () => {
    const line = fc.string({ unit: fc.constantFrom('a', '"', ',', ' '), maxLength: 8 });

    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), fc.integer({ min: 1, max: 9 }), (lines, size) => {
        const text = ['first,row', ...lines, 'last,row', ''].join('\n');
        const whole = read(text, 2);
        expect(whole[0]).toEqual([1, ['first', 'row']]);
        expect(whole.at(-1)?.[1]).toEqual(['last', 'row']);
        expect(read(text, 2, { pieces: cut(text, size) })).toEqual(whole);
      }),
    );
  });
});
