import { expect, it } from 'vitest';
import { dateOfList, isFutureDate } from '../../../src/registry/list-date.ts';

const day = Date.UTC(2026, 10, 2);

it.each([
  '2026-11-02_212.txt',
  '2026-11-2_212_AB12CD.zip',
  'dnc-20261102.txt',
  'full.zip/2026_11_02.txt',
  '212.2026.11.02.csv',
])('finds the date in the name %s', (name) => {
  expect(dateOfList(undefined, [name])).toBe(day);
});

it.each(['212.txt', 'list-1234567890.txt', '2026-13-02.txt', '120261102.txt'])(
  'finds no date in the name %s',
  (name) => {
    expect(dateOfList(undefined, [name])).toBeUndefined();
  },
);

it('believes what is stated more than a name', () => {
  expect(dateOfList('2026-11-02', ['2025-01-01.txt'])).toBe(day);
});

it('does not fall back to the name where what is stated is no date', () => {
  expect(dateOfList('next week', ['2025-01-01.txt'])).toBeUndefined();
});

it('takes today in Guam for today, and the day after for the future', () => {
  const lateOnTheDayBefore = day - 10 * 3_600_000;
  expect(isFutureDate(day, lateOnTheDayBefore)).toBe(false);
  expect(isFutureDate(day + 86_400_000, lateOnTheDayBefore)).toBe(true);
});
