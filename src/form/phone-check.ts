import type { DialableCountry } from '../../events/lines/schema.ts';

/** What a look at the digits can tell; whether the number exists, only the server knows. */
export type PhoneCheck =
  | { readonly verdict: 'empty' | 'letters' | 'elsewhere' | 'complete' }
  | {
      readonly verdict: 'short' | 'long';
      readonly country: string;
      readonly count: number;
      readonly lengths: readonly number[];
    };

/** 011 is dialed first in the countries that share +1 only; elsewhere it may begin a national number, as in Leeds. */
const internationalPrefix = { shared1: /^(\+|00|011(?=\d{7}))/, elsewhere: /^(\+|00)/ } as const;
const acceptable = /^\+?[\d\s().\-–/\u00a0]+$/u;

/**
 * Looks at a number as it is typed.
 * @param countries that may be called
 * @param chosen ISO 3166 code that gives a national number its meaning
 */
export function checkPhone(typed: string, countries: readonly DialableCountry[], chosen: string): PhoneCheck {
  const text = latinDigits(typed).trim();
  if (text === '') return { verdict: 'empty' };
  if (!acceptable.test(text) || !/\d/.test(text)) return { verdict: 'letters' };
  const digits = text.replace(/[^\d+]/g, '');
  const country = countries.find(({ code }) => code === chosen) ?? countries[0];
  const prefix = country?.callingCode === '1' ? internationalPrefix.shared1 : internationalPrefix.elsewhere;
  return prefix.test(digits)
    ? checkInternational(digits.replace(prefix, ''), countries, chosen)
    : checkNational(digits, countries, chosen);
}

function checkInternational(digits: string, countries: readonly DialableCountry[], chosen: string): PhoneCheck {
  const matching = countries.filter(({ callingCode }) => digits.startsWith(callingCode));
  const beginsAny = countries.some(({ callingCode }) => callingCode.startsWith(digits));
  const country = matching.find(({ code }) => code === chosen) ?? matching[0];
  if (country) return checkLength(digits.slice(country.callingCode.length), country);
  const fallback = countries.find(({ code }) => code === chosen) ?? countries[0];
  return beginsAny && fallback ? checkLength('', fallback) : { verdict: 'elsewhere' };
}

function checkNational(digits: string, countries: readonly DialableCountry[], chosen: string): PhoneCheck {
  const country = countries.find(({ code }) => code === chosen) ?? countries[0];
  if (!country) return { verdict: 'elsewhere' };
  const { nationalPrefix, lengths } = country;
  const isPrefixed =
    nationalPrefix !== undefined && digits.startsWith(nationalPrefix) && !lengths.includes(digits.length);
  return checkLength(isPrefixed ? digits.slice(nationalPrefix.length) : digits, country);
}

/** Between the shortest and the longest there may be lengths that do not exist; those are left to the server. */
function checkLength(national: string, { code, lengths }: DialableCountry): PhoneCheck {
  const count = national.length;
  if (count < Math.min(...lengths)) return { verdict: 'short', country: code, count, lengths };
  if (count > Math.max(...lengths)) return { verdict: 'long', country: code, count, lengths };
  return { verdict: 'complete' };
}

/** Arabic-Indic and Persian digits as Latin ones: phone keyboards in these languages type them. */
const latinDigits = (text: string): string =>
  text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 15));
