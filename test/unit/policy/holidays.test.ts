import { describe, expect, it } from 'vitest';
import { holidaysOf, isHoliday } from '../../../src/policy/holidays.ts';

const datesOf = (calendar: string, year: number): string[] =>
  [...holidaysOf(calendar, year)]
    .sort((a, b) => a - b)
    .map((day) => new Date(day * 86_400_000).toISOString().slice(5, 10));
const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

describe('holiday calendars', () => {
  it('have the federal holidays of 2026, the fourth of July on its Saturday and on the Friday', () => {
    expect(datesOf('US', 2026)).toEqual([
      '01-01',
      '01-19',
      '02-16',
      '05-25',
      '06-19',
      '07-03',
      '07-04',
      '09-07',
      '10-12',
      '11-11',
      '11-26',
      '12-25',
    ]);
  });

  it('observe the New Year of 2028 on the last day of 2027', () => {
    expect(isHoliday('US', dayOf('2027-12-31'))).toBe(true);
    expect(isHoliday('US', dayOf('2028-01-01'))).toBe(true);
    expect(isHoliday('US', dayOf('2028-01-03'))).toBe(false);
  });

  it('have the French holidays of 2027', () => {
    expect(datesOf('FR', 2027)).toEqual([
      '01-01',
      '03-29',
      '05-01',
      '05-06',
      '05-08',
      '05-17',
      '07-14',
      '08-15',
      '11-01',
      '11-11',
      '12-25',
    ]);
  });

  it('have the Australian holidays of 2027 with their substitutes', () => {
    expect(datesOf('AU', 2027)).toEqual([
      '01-01',
      '01-26',
      '03-26',
      '03-29',
      '04-25',
      '04-26',
      '12-25',
      '12-26',
      '12-27',
      '12-28',
    ]);
  });

  it.each([
    ['US-PA', '2026-04-03', 'Good Friday'],
    ['US-PA', '2028-04-14', 'Good Friday'],
    ['US-PA', '2026-11-03', 'Election Day'],
    ['US-PA', '2027-11-02', 'Election Day of an odd year'],
    ['US-LA', '2027-02-09', 'Mardi Gras'],
    ['US-LA', '2026-11-27', 'Acadian Day'],
    ['US-LA', '2026-11-03', 'Election Day'],
    ['US-RI', '2026-08-10', 'Victory Day'],
    ['US-UT', '2026-06-15', 'the Monday of Juneteenth week'],
    ['US-UT', '2027-06-21', 'the Monday after a Juneteenth on Saturday'],
    ['US-UT', '2026-07-24', 'Pioneer Day'],
    ['US-NE', '2026-04-24', 'Arbor Day'],
    ['US-AL', '2026-04-27', 'the fourth Monday of April'],
  ])('of %s have %s, %s', (calendar, date) => {
    expect(isHoliday(calendar, dayOf(date))).toBe(true);
    expect(isHoliday('US', dayOf(date))).toBe(false);
  });

  it.each([
    ['US-LA', '2027-11-02'],
    ['US-PA', '2026-04-06'],
    ['FR', '2026-12-26'],
  ])('of %s do not have %s', (calendar, date) => {
    expect(isHoliday(calendar, dayOf(date))).toBe(false);
  });
});
