import { parsePhoneNumberWithError } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { NorthAmericanPlan } from '../../../src/campaigns/north-american-plan.ts';
import { NumberScreen } from '../../../src/campaigns/screen-number.ts';
import { seeded } from '../budget/support/virtual-time.ts';

const screen = new NumberScreen({
  countries: ['US', 'CA', 'GB'],
  types: ['FIXED_LINE', 'MOBILE', 'FIXED_LINE_OR_MOBILE', 'VOIP'],
});

describe('NorthAmericanPlan', () => {
  const plan = new NorthAmericanPlan();
  const ofLibrary = (national: string) => {
    const parsed = parsePhoneNumberWithError(`+1${national}`);
    return parsed.isValid() ? { country: parsed.country, type: parsed.getType() } : undefined;
  };

  it('says what libphonenumber says, for numbers all over the plan', () => {
    const random = seeded(7);
    const numbers = Array.from({ length: 4_000 }, () => String(2_000_000_000 + Math.floor(random() * 8_000_000_000)));

    expect(numbers.filter((number) => JSON.stringify(plan.find(number)) !== JSON.stringify(ofLibrary(number)))).toEqual(
      [],
    );
  });

  it.each(['2423002222', '8005550123', '5219102222', '6005550123', '5005550123', '9005550123', '7875550123'])(
    'says what libphonenumber says for %s',
    (number) => {
      expect(plan.find(number)).toEqual(ofLibrary(number));
    },
  );

  it('never depends on the last four digits, so that a prefix may stand for all its numbers', () => {
    const random = seeded(11);
    const prefixes = Array.from({ length: 4_000 }, () => 200_000 + Math.floor(random() * 800_000));
    const ofSuffix = (prefix: number, suffix: string) => JSON.stringify(plan.find(`${prefix}${suffix}`));

    for (const prefix of prefixes) {
      const suffix = String(Math.floor(random() * 10_000)).padStart(4, '0');
      expect(ofSuffix(prefix, suffix)).toBe(ofSuffix(prefix, '0000'));
    }
  });
});

describe('NumberScreen', () => {
  it.each([
    ['(415) 555-0132', 'US', '+14155550132'],
    ['+1 416 555 0132', undefined, '+14165550132'],
    ['1-415-555-0132', 'CA', '+14155550132'],
    ['020 7946 0958', 'GB', '+442079460958'],
    ['+44 20 7946 0958', 'US', '+442079460958'],
  ] as const)('brings %s of %s to %s', (text, country, number) => {
    expect(screen.screen(text, country)).toEqual({ ok: true, value: { number, digits: Number(number.slice(1)) } });
  });

  it.each([
    ['', 'US', 'number-missing'],
    ['n/a', 'US', 'number-not-understood'],
    ['415 555', 'US', 'number-impossible'],
    ['4155550132', undefined, 'number-needs-country'],
    ['415 555 0132 ext. 7', 'US', 'number-has-extension'],
    ['4'.repeat(41), 'US', 'number-too-long'],
    ['(415) 155-0132', 'US', 'number-not-in-use'],
    ['(999) 555-0132', 'US', 'number-not-in-use'],
    ['+44 9999 999999', undefined, 'number-not-in-use'],
    ['(800) 555-0132', 'US', 'number-type'],
    ['+44 800 123 4567', undefined, 'number-type'],
    ['+1 876 555 0132', undefined, 'country-not-called'],
    ['+49 30 901820', undefined, 'country-not-called'],
    ['+999 12345678', undefined, 'country-not-called'],
  ] as const)('rejects %s of %s as %s', (text, country, failure) => {
    expect(screen.screen(text, country)).toEqual({ ok: false, failure });
  });

  it('answers the same for the second number of a prefix', () => {
    expect(screen.screen('(800) 555-0133', 'US')).toEqual({ ok: false, failure: 'number-type' });
    expect(screen.screen('(415) 555-9999', 'US')).toMatchObject({ ok: true });
  });
});
