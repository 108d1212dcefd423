import { describe, expect, it } from 'vitest';
import { isTimeZone } from '../../../src/numbering/time-zone.ts';

describe('isTimeZone', () => {
  it.each([
    ['America/Los_Angeles', true],
    ['UTC', true],
    ['Mars/Olympus', false],
    ['+01:00', false],
    ['', false],
  ])('%s answers %s', (name, expected) => {
    expect(isTimeZone(name)).toBe(expected);
  });
});
