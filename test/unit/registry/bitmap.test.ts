import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { bitmapBytes, clearBit, countBits, emptyBitmap, hasBit, setBit } from '../../../src/registry/bitmap.ts';

const anyLine = fc.integer({ min: 0, max: 9_999_999 });

it('has 1.25 MB', () => {
  expect(emptyBitmap().byteLength).toBe(1_250_000);
  expect(bitmapBytes).toBe(1_250_000);
});

it('holds exactly what a plain set holds, whatever is added and deleted', () => {
  const bitmap = emptyBitmap();
  const set = new Set<number>();
  const step = fc.record({ line: anyLine, add: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 200 }), fc.array(anyLine), (steps, others) => {
      for (const { line, add } of steps) {
        if (add) setBit(bitmap, line);
        else clearBit(bitmap, line);
        if (add) set.add(line);
        else set.delete(line);
      }
      const probes = [...steps.map(({ line }) => line), ...steps.map(({ line }) => line ^ 1), ...others];
      expect(probes.filter((line) => hasBit(bitmap, line) !== set.has(line))).toEqual([]);
    }),
    { numRuns: 50 },
  );
  expect(countBits(bitmap)).toBe(set.size);
});
