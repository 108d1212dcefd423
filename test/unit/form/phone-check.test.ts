import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DialableCountry } from '../../../events/lines/schema.ts';
import { checkPhone } from '../../../src/form/phone-check.ts';
import { parsePhone } from '../../../src/phone/parse-phone.ts';
import { callableTypes } from '../../../src/screen/number-rule.ts';

const us: DialableCountry = { code: 'US', callingCode: '1', nationalPrefix: '1', lengths: [10] };
const ca: DialableCountry = { code: 'CA', callingCode: '1', nationalPrefix: '1', lengths: [10] };
const gb: DialableCountry = { code: 'GB', callingCode: '44', nationalPrefix: '0', lengths: [9, 10] };
const es: DialableCountry = { code: 'ES', callingCode: '34', lengths: [9] };
const all = [us, ca, gb, es];
const isCallable = (type: string | undefined): boolean => callableTypes.some((each) => each === type);

describe('checkPhone', () => {
  it.each([
    ['(415) 555-0132', 'US'],
    ['1 415 555 0132', 'US'],
    ['+1 415.555.0132', 'GB'],
    ['0044 20 7946 0958', 'US'],
    ['011 44 20 7946 0958', 'US'],
    ['020 7946 0958', 'GB'],
    ['0113 496 0000', 'GB'],
    ['912 345 678', 'ES'],
    ['٤١٥ ٥٥٥ ٠١٣٢', 'US'],
    ['  415-555-0132 ', 'US'],
  ])('finds %s complete for %s', (typed, country) => {
    expect(checkPhone(typed, all, country)).toEqual({ verdict: 'complete' });
  });

  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['ask for Ada', 'letters'],
    ['415-555-01a2', 'letters'],
    ['+', 'letters'],
    ['+49 30 901820', 'elsewhere'],
  ] as const)('finds %j %s', (typed, verdict) => {
    expect(checkPhone(typed, all, 'US')).toEqual({ verdict });
  });

  it('counts the digits that are there when some are missing', () => {
    expect(checkPhone('+1 415 555', all, 'CA')).toEqual({ verdict: 'short', country: 'CA', count: 6, lengths: [10] });
    expect(checkPhone('0 20 79', all, 'GB')).toMatchObject({ verdict: 'short', country: 'GB', count: 4 });
  });

  it('does not call a calling code foreign that is only half typed', () => {
    expect(checkPhone('+4', [gb], 'GB')).toMatchObject({ verdict: 'short', country: 'GB' });
  });

  it('counts the digits that are there when there are too many', () => {
    expect(checkPhone('415 555 0132 99', all, 'US')).toMatchObject({ verdict: 'long', count: 12 });
  });

  it('never stops a number that is called back', () => {
    const stopping = ['empty', 'letters', 'elsewhere', 'short'];
    fc.assert(
      fc.property(
        fc.stringMatching(/^(\+1|\+44|\+34|0|1)?[ (.-]?\d{6,12}$/),
        fc.constantFrom('US', 'CA', 'GB', 'ES'),
        (typed, code) => {
          const parsed = parsePhone(typed, code);
          const isTaken =
            parsed.ok && isCallable(parsed.value.type) && all.some(({ code }) => code === parsed.value.country);
          return !isTaken || !stopping.includes(checkPhone(typed, all, code).verdict);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
