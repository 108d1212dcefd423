import { describe, expect, it } from 'vitest';
import { type DateForm, fieldValue } from '../../../src/campaigns/field-value.ts';
import type { FieldType } from '../../../src/campaigns/upload-settings.ts';

type Typed = Exclude<FieldType, 'Phone'>;

describe('fieldValue', () => {
  it.each<[Typed, string, string]>([
    ['String', 'any text', 'any text'],
    ['Integer', '-42', '-42'],
    ['Float', '42', '42'],
    ['Float', '42.50', '42.50'],
    ['Float', '42,5', '42.5'],
    ['Date', '2028-02-29', '2028-02-29'],
    ['DateTime', '2026-11-02', '2026-11-02T00:00:00'],
    ['DateTime', '2026-11-02 13:14', '2026-11-02T13:14:00'],
    ['DateTime', '2026-11-02T13:14:15.123Z', '2026-11-02T13:14:15Z'],
    ['Boolean', 'Yes', 'true'],
    ['Boolean', '0', 'false'],
    ['Email', 'ada@example.com', 'ada@example.com'],
  ])('takes for %s %j as %j', (type, text, value) => {
    expect(fieldValue(text, type, 'ISO')).toBe(value);
  });

  it.each<[Typed, string]>([
    ['Integer', '4.2'],
    ['Integer', '1,000'],
    ['Integer', '1e3'],
    ['Float', '1,000'],
    ['Float', '.5'],
    ['Float', 'NaN'],
    ['Date', '2026-02-29'],
    ['Date', '11/02/2026'],
    ['Date', '2026-13-01'],
    ['DateTime', '2026-11-02 25:00'],
    ['DateTime', '2026-11-02 13:14 15'],
    ['Boolean', 'maybe'],
    ['Email', 'ada@example'],
    ['Email', 'a b@example.com'],
  ])('refuses for %s %j', (type, text) => {
    expect(fieldValue(text, type, 'ISO')).toBeUndefined();
  });

  it.each<[DateForm, string, string | undefined]>([
    ['MDY', '11/02/2026', '2026-11-02'],
    ['DMY', '02.11.2026', '2026-11-02'],
    ['DMY', '2/11/2026', '2026-11-02'],
    ['MDY', '13/02/2026', undefined],
    ['DMY', '2026-11-02', '2026-11-02'],
  ])('reads dates written %s: %j', (form, text, value) => {
    expect(fieldValue(text, 'Date', form)).toBe(value);
  });
});
