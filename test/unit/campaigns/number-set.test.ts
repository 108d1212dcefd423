import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NumberSet } from '../../../src/campaigns/number-set.ts';

it('holds exactly what was added, as the set of the language does', () => {
  const numbers = fc.array(fc.integer({ min: 1_000_000, max: 999_999_999_999_999 }), { maxLength: 400 });

  fc.assert(
    fc.property(numbers, numbers, (some, more) => {
      const set = new NumberSet();
      const reference = new Set<number>();
      for (const number of [...some, ...more, ...some]) {
        expect(set.add(number)).toBe(!reference.has(number));
        reference.add(number);
      }
      expect(set.size).toBe(reference.size);
    }),
  );
});

it('stays exact while it grows over many numbers in a row', () => {
  const set = new NumberSet();
  let repeated = 0;

  for (let line = 0; line < 200_000; line += 1) if (!set.add(12_120_000_000 + line)) repeated += 1;
  for (let line = 0; line < 200_000; line += 2) if (!set.add(12_120_000_000 + line)) repeated += 1;

  expect(repeated).toBe(100_000);
  expect(set.size).toBe(200_000);
});

it('tells numbers apart that differ only beyond 32 bits', () => {
  const set = new NumberSet();

  expect(set.add(14_155_550_132)).toBe(true);
  expect(set.add(14_155_550_132 + 4_294_967_296)).toBe(true);
  expect(set.add(14_155_550_132)).toBe(false);
});
