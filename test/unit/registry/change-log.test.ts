import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { emptyBitmap, hasBit } from '../../../src/registry/bitmap.ts';
import { ChangeLog } from '../../../src/registry/change-log.ts';

it('lets the latest change of a number win, in whatever order the rows come', () => {
  const change = fc.record({
    line: fc.integer({ min: 2_000_000, max: 2_000_009 }),
    add: fc.boolean(),
    day: fc.integer({ min: 1, max: 9 }),
  });
  const bitmap = emptyBitmap();
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      bitmap.fill(0);
      const log = new ChangeLog();
      for (const { line, add, day } of changes) log.add(212, line, add ? 'add' : 'delete', day);
      log.applyTo(bitmap, 212);
      for (let line = 2_000_000; line < 2_000_010; line += 1) {
        const last = changes
          .filter((each) => each.line === line)
          .toSorted((a, b) => a.day - b.day)
          .at(-1);
        expect(hasBit(bitmap, line)).toBe(last?.add ?? false);
      }
    }),
    { numRuns: 200 },
  );
});

it('keeps area codes apart and names them in order', () => {
  const log = new ChangeLog();
  log.add(415, 2_000_000, 'add', 1);
  log.add(212, 2_000_001, 'add', 1);
  const bitmap = emptyBitmap();

  log.applyTo(bitmap, 212);

  expect(log.areaCodes()).toEqual([212, 415]);
  expect([hasBit(bitmap, 2_000_000), hasBit(bitmap, 2_000_001)]).toEqual([false, true]);
});

it('holds more rows than it first has room for', () => {
  const log = new ChangeLog();
  for (let line = 2_000_000; line < 2_005_000; line += 1) log.add(212, line, 'add', line);
  const bitmap = emptyBitmap();

  log.applyTo(bitmap, 212);

  expect(log.rows).toBe(5_000);
  expect(hasBit(bitmap, 2_004_999)).toBe(true);
});
