import { describe, expect, it } from 'vitest';
import { maskLine, readDate, readRow } from '../../../src/registry/row.ts';

const july = Date.UTC(2026, 6, 21);

describe('readRow', () => {
  it.each([
    ['2125550123', { shape: 'N' }],
    ['212,5550123', { shape: 'AL' }],
    ['"212","5550123"', { shape: 'AL' }],
    ['212\t5550123', { shape: 'AL' }],
    ['2125550123,A', { shape: 'NX', action: 'add' }],
    ['212,5550123,D', { shape: 'ALX', action: 'delete' }],
    ['212,5550123,2026-07-21,D', { shape: 'ALDX', action: 'delete', changedAtMs: july }],
    ['A;2125550123;07/21/2026', { shape: 'XND', action: 'add', changedAtMs: july }],
    ['20260721|212|5550123|Delete', { shape: 'DALX', action: 'delete', changedAtMs: july }],
    ['212, 5550123, 2026-07-21 00:00:00, add', { shape: 'ALDX', action: 'add', changedAtMs: july }],
  ])('takes %j', (text, expected) => {
    expect(readRow(text)).toEqual({ areaCode: 212, line: 5_550_123, ...expected });
  });

  it.each([
    ['212555012', 'it is not ten digits'],
    ['12125550123', 'it is not ten digits'],
    ['(212) 555-0123', 'it is not ten digits'],
    ['212,555,0123', 'column 1 is nothing a list has there'],
    ['A,2026-07-21', 'it has no phone number'],
    ['2125550123,2026-07-21', 'it has a date but no mark for add or delete'],
    ['2125550123,2026-02-30,A', 'column 2 is nothing a list has there'],
    ['2125550123,A,D', 'column 3 is nothing a list has there'],
    ['1125550123', 'no North American number begins like this'],
    ['2121550123', 'no North American number begins like this'],
  ])('refuses %j', (text, malformed) => {
    expect(readRow(text)).toEqual({ malformed });
  });
});

describe('readDate', () => {
  it.each(['2026-07-21', '2026-7-21', '07/21/2026', '20260721', '20260721000000', '2026-07-21T00:00:00Z'])(
    'reads %s',
    (text) => {
      expect(readDate(text)).toBe(july);
    },
  );

  it.each(['2026-13-01', '21/07/2026', '1999-01-01', '20260721000', '2026-07-21 24:00', 'yesterday'])(
    'refuses %s',
    (text) => {
      expect(readDate(text)).toBeUndefined();
    },
  );
});

describe('maskLine', () => {
  it('keeps the form of a line but not its digits', () => {
    expect(maskLine('212,5550123,X')).toBe('212,*******,X');
  });

  it('shows no control characters and at most forty of the others', () => {
    expect(maskLine(`\u001b[31m${'a'.repeat(100)}`)).toBe(`?[3*m${'a'.repeat(35)}…`);
  });
});
