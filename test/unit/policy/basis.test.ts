import { describe, expect, it } from 'vitest';
import { addMonths, monthsOf } from '../../../src/policy/basis.ts';

const later = (from: string, months: number): string => new Date(addMonths(Date.parse(from), months)).toISOString();

describe('months of a basis', () => {
  it.each([
    ['2026-11-20T10:00:00.000Z', 3, '2027-02-20T10:00:00.000Z'],
    ['2026-11-30T10:00:00.000Z', 3, '2027-02-28T10:00:00.000Z'],
    ['2027-08-31T23:59:59.999Z', 6, '2028-02-29T23:59:59.999Z'],
    ['2026-01-31T00:00:00.000Z', 18, '2027-07-31T00:00:00.000Z'],
  ])('are calendar months: %s and %i months is %s', (from, months, expected) => {
    expect(later(from, months)).toBe(expected);
  });

  it('are 18 for a purchase, 3 for an inquiry, and without end for a request', () => {
    expect(monthsOf({ basis: 'relationship' }, false)).toBe(18);
    expect(monthsOf({ basis: 'relationship' }, true)).toBe(3);
    expect(monthsOf({ basis: 'request' }, false)).toBe(Number.POSITIVE_INFINITY);
  });

  it('of an inquiry are never more than those of a purchase', () => {
    expect(monthsOf({ basis: 'relationship', months: 2 }, true)).toBe(2);
  });
});
