import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { bulkCountry, bulkNumber, fullWay } from '../../../src/suppression/bulk-number.ts';

it.each([
  ['+14155550132', undefined, '+14155550132'],
  ['(415) 555-0132', 'US', '+14155550132'],
  ['1-415-555-0132', 'US', '+14155550132'],
  ['415.555.0132', 'CA', '+14155550132'],
  ['020 7946 0000', 'GB', '+442079460000'],
  ['+44 20 7946 0000', 'US', '+442079460000'],
  ['+1 999 555 0132', undefined, '+19995550132'],
] as const)('brings %j to E.164 (country %s)', (text, country, number) => {
  expect(bulkNumber(text, country)).toEqual({ ok: true, value: number });
});

it.each([
  ['', 'US', 'number-missing'],
  ['4155550132', undefined, 'number-needs-country'],
  ['call me', 'US', 'number-not-understood'],
  ['555-0132', 'US', 'number-impossible'],
  ['+1 415 555 013', undefined, 'number-impossible'],
  ['(415) 555-0132 ext. 7', 'US', 'number-has-extension'],
  ['4'.repeat(41), 'US', 'number-too-long'],
] as const)('rejects %j (country %s) as %s', (text, country, code) => {
  expect(bulkNumber(text, country)).toEqual({ ok: false, failure: code });
});

it('takes the short cut only where it leads to the same number as the full way', () => {
  const digits = fc.stringMatching(/^[0-9]{7,12}$/);
  const typed = fc
    .tuple(fc.constantFrom('', '+', '+1', '1', '+1 (', '('), digits, fc.constantFrom('', '-', '. ', ' / '))
    .map(
      ([start, number, between]) =>
        `${start}${number.slice(0, 3)}${between}${number.slice(3, 6)}${between}${number.slice(6)}`,
    );
  fc.assert(
    fc.property(typed, fc.constantFrom('US', 'CA', 'DO', 'GB', 'DE', 'IT', undefined), (text, country) => {
      expect(bulkNumber(text, country)).toEqual(fullWay(text, country));
    }),
    { numRuns: 2_000 },
  );
});

it('knows countries, in either case, and refuses the rest', () => {
  expect(bulkCountry('us')).toBe('US');
  expect(() => bulkCountry('USA')).toThrow('"USA" is not a country code with phone numbers, such as US.');
});
