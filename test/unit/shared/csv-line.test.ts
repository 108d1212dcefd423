import * as fc from 'fast-check';
import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { csvLine, withoutApostrophe } from '../../../src/shared/csv-line.ts';

it.each(['=1+1', '+1+1', '-2', '@SUM(A1)', '\t=1', '\r=1', '＝1', '＋1', '－1', '＠1'])(
  'takes the power from the formula %j',
  (cell) => {
    const [[written]] = parse(csvLine([cell])) as [[string]];
    expect(written).toBe(`'${cell}`);
    expect(withoutApostrophe(written)).toBe(cell);
  },
);

it('leaves an E.164 number as it is', () => {
  expect(csvLine(['+14155550132', 7])).toBe('+14155550132,7\r\n');
});

it('keeps an apostrophe that a person wrote', () => {
  expect(withoutApostrophe("'tis the season")).toBe("'tis the season");
});

it('is read again as it was written, whatever the cells hold', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 2 }), (cells) => {
      const [read] = parse(csvLine(cells)) as [string[]];
      expect(read?.map(withoutApostrophe)).toEqual(cells.map(withoutApostrophe));
    }),
  );
});
