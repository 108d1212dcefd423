import {
  type CountryCode,
  ParseError,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberWithError,
} from 'libphonenumber-js/max';
import { type Result, fail, ok } from '../shared/result.ts';

export type NumberRejectCode =
  | 'number-missing'
  | 'number-too-long'
  | 'number-needs-country'
  | 'number-not-understood'
  | 'number-impossible'
  | 'number-has-extension';

const textLengthMax = 40;
const zero = 48;
/** Space, no-break space, brackets, hyphens, dots and slashes: what people put between digits. */
const separators = new Set(
  [' ', '\u00a0', '(', ')', '-', '.', '/', '\u2010', '\u2011', '\u2013'].map((each) => each.charCodeAt(0)),
);

/**
 * Brings one cell of a do-not-call list to E.164. Every *possible* number is taken, not only those whose range is known to
 * be in use: a number that is listed needlessly does no harm, one that is rejected by old numbering data does.
 * North American numbers take a short cut, because the full way needs about ten microseconds a number.
 */
export function bulkNumber(text: string, country?: CountryCode): Result<string, NumberRejectCode> {
  if (text === '') return fail('number-missing');
  if (text.length > textLengthMax) return fail('number-too-long');
  return shortCut(text, country) ?? fullWay(text, country);
}

/** @throws RangeError for what is no country. */
export function bulkCountry(code: string): CountryCode {
  const country = code.toUpperCase();
  if (!isSupportedCountry(country))
    throw new RangeError(`"${code}" is not a country code with phone numbers, such as US.`);
  return country;
}

function shortCut(text: string, country: CountryCode | undefined): Result<string, never> | undefined {
  const hasPlus = text.charCodeAt(0) === 43;
  if (!hasPlus && !(country && isNorthAmerican(country))) return undefined;
  let digits = '';
  for (let index = hasPlus ? 1 : 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= zero && code <= zero + 9) digits += text[index];
    else if (!separators.has(code)) return undefined;
  }
  const national = digits.length === 11 && digits.charCodeAt(0) === zero + 1 ? digits.slice(1) : hasPlus ? '' : digits;
  return national.length === 10 && national.charCodeAt(0) >= zero + 2 ? ok(`+1${national}`) : undefined;
}

const northAmerican = new Map<CountryCode, boolean>();

function isNorthAmerican(country: CountryCode): boolean {
  const known = northAmerican.get(country);
  if (known !== undefined) return known;
  const found = getCountryCallingCode(country) === '1';
  northAmerican.set(country, found);
  return found;
}

/** Exported for the test that compares both ways. */
export function fullWay(text: string, country?: CountryCode): Result<string, NumberRejectCode> {
  try {
    const phone = parsePhoneNumberWithError(text, { ...(country && { defaultCountry: country }), extract: false });
    if (phone.ext) return fail('number-has-extension');
    return phone.isPossible() ? ok(phone.number) : fail('number-impossible');
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    if (error.message === 'INVALID_COUNTRY') return fail('number-needs-country');
    return fail(error.message === 'NOT_A_NUMBER' ? 'number-not-understood' : 'number-impossible');
  }
}
