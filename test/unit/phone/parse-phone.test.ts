import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePhone } from '../../../src/phone/parse-phone.ts';

describe('parsePhone', () => {
  it.each([
    ['(415) 555-0132', 'US'],
    ['415.555.0132', 'US'],
    ['1 415 555 0132', 'US'],
    ['+1 415 555 0132', undefined],
    [' +1 (415) 555-0132 ', 'DE'],
  ])('reads %j with country %s as +14155550132', (text, country) => {
    const parsed = parsePhone(text, country);

    expect(parsed).toMatchObject({ ok: true, value: { number: '+14155550132', country: 'US' } });
  });

  it('takes the country of the number, not the one that was sent, for a number with its country code', () => {
    const parsed = parsePhone('+1 604 555 0132', 'US');

    expect(parsed).toMatchObject({ ok: true, value: { number: '+16045550132', country: 'CA' } });
  });

  it.each([
    ['415 555 0132', undefined, 'needs its country'],
    ['abc', 'US', 'digits are missing'],
    ['call 4155550132 now', 'US', 'digits are missing'],
    ['911', 'US', 'is not a phone number that exists'],
    ['+1 212', undefined, 'is not a phone number that exists'],
    ['(415) 555-0132 ext. 7', 'US', 'extension'],
    ['+14155550132', 'ZZ', 'not a country code'],
    ['+999 123 4567', undefined, 'country code'],
    ['+1234567890123456789', undefined, 'too long'],
    ['4'.repeat(41), 'US', 'at most 40 characters'],
    ['', 'US', 'digits are missing'],
  ])('refuses %j with country %s in one sentence', (text, country, words) => {
    const parsed = parsePhone(text, country);

    expect(parsed).toMatchObject({ ok: false, failure: { detail: expect.stringContaining(words) } });
  });

  it('gives E.164 or a sentence for any text, and never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^\+?[\d ().-]{0,20}$/)),
        fc.constantFrom('US', 'CA', 'GB', 'AU', undefined),
        (text, country) => {
          const parsed = parsePhone(text, country);

          if (parsed.ok) expect(parsed.value.number).toMatch(/^\+[1-9]\d{6,14}$/);
          else expect(parsed.failure.detail.length).toBeGreaterThan(10);
        },
      ),
    );
  });
});
