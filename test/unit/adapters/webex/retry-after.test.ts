import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { retryAfterMs } from '../../../../src/adapters/webex/retry-after.ts';

const NOW_MS = Date.UTC(2026, 10, 20, 12);

test.each([
  ['seconds', '7', 7_000],
  ['no wait', '0', 0],
  ['fractions of a second, rounded up', '0.0005', 1],
  ['an HTTP date', 'Fri, 20 Nov 2026 12:00:30 GMT', 30_000],
  ['an HTTP date that has passed', 'Fri, 20 Nov 2026 11:00:00 GMT', 0],
  ['more than 15 minutes, cut', '86400', 900_000],
  ['a far date, cut', 'Sat, 20 Nov 2027 12:00:00 GMT', 900_000],
  ['no header', undefined, 60_000],
  ['an empty header', '  ', 60_000],
  ['nonsense', 'soon', 60_000],
  ['a negative number', '-5', 60_000],
])('reads %s', (_name, header, expected) => {
  expect(retryAfterMs(header, NOW_MS)).toBe(expected);
});

test('is a whole number from 0 to 900,000 for any text', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.integer().map(String),
        fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
      ),
      (header) => {
        const waitMs = retryAfterMs(header, NOW_MS);
        return Number.isInteger(waitMs) && waitMs >= 0 && waitMs <= 900_000;
      },
    ),
  );
});
