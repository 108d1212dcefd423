import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { isRegistryAreaCode, nationalDigits } from '../../../src/registry/area-codes.ts';

const usAndTerritories = new Set(['US', 'PR', 'VI', 'GU', 'AS', 'MP']);
const exchanges = ['234', '321', '400', '555', '601', '777', '890', '980'];

describe('isRegistryAreaCode', () => {
  it('agrees with libphonenumber wherever it knows the country of an area code', () => {
    const differing: string[] = [];
    for (let areaCode = 200; areaCode < 1_000; areaCode += 1) {
      for (const exchange of exchanges) {
        const phone = parsePhoneNumberFromString(`+1${areaCode}${exchange}1234`);
        if (!phone?.country || !phone.isValid()) continue;
        if (usAndTerritories.has(phone.country) !== isRegistryAreaCode(areaCode))
          differing.push(`${areaCode} ${phone.country}`);
      }
    }
    expect(differing).toEqual([]);
  });

  it.each([264, 268, 284, 473, 664, 721, 767, 869])('leaves out the Caribbean area code %i', (areaCode) => {
    expect(isRegistryAreaCode(areaCode)).toBe(false);
  });

  it.each([684, 787, 939, 340, 671, 670])('takes in the territory with area code %i', (areaCode) => {
    expect(isRegistryAreaCode(areaCode)).toBe(true);
  });

  it('takes in an area code that nobody uses yet', () => {
    expect(isRegistryAreaCode(999)).toBe(true);
  });
});

describe('nationalDigits', () => {
  it('gives the ten digits of a +1 number', () => {
    expect(nationalDigits('+12125550123')).toBe(2_125_550_123);
  });

  it.each(['+442079460000', '2125550123', '+1212555012', '+121255501234', '+1212555012x', ''])(
    'gives nothing for %j',
    (text) => {
      expect(nationalDigits(text)).toBeNaN();
    },
  );
});
