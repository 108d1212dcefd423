import { type NumberType, ParseError, isSupportedCountry, parsePhoneNumberWithError } from 'libphonenumber-js/max';
import { type Result, fail, ok } from '../shared/result.ts';

export interface Phone {
  /** E.164, with the plus sign. */
  readonly number: string;
  /** ISO 3166, where the number belongs to one country. */
  readonly country?: string;
  readonly type?: NumberType;
}

/** One sentence for the person who typed. */
export interface PhoneFailure {
  readonly detail: string;
}

/** A number as people of other countries read it, such as `+1 415 555 0132`. @param number E.164 */
export const readableNumber = (number: string): string => parsePhoneNumberWithError(number).formatInternational();

/** Longest text taken for a phone number: room for spaces, brackets and an extension nobody should type. */
const textLengthMax = 40;

/**
 * Understands what people type: spaces, brackets, dots and hyphens, national format with `country`, or `+` and country code.
 * @param country ISO 3166 code that gives a national number its meaning.
 */
export function parsePhone(text: string, country?: string): Result<Phone, PhoneFailure> {
  if (text.trim().length > textLengthMax) return fail({ detail: `must be at most ${textLengthMax} characters long` });
  if (country !== undefined && !isSupportedCountry(country)) {
    return fail({ detail: `cannot be read, because ${country} is not a country code with phone numbers` });
  }
  try {
    const parsed = parsePhoneNumberWithError(text.trim(), {
      ...(country && { defaultCountry: country }),
      extract: false,
    });
    if (parsed.ext) return fail({ detail: 'must not have an extension: a callback reaches a direct number only' });
    if (!parsed.isValid()) {
      return fail({
        detail: parsed.country
          ? `is not a phone number that exists in ${parsed.country}`
          : 'is not a phone number that exists',
      });
    }
    const type = parsed.getType();
    return ok({ number: parsed.number, ...(parsed.country && { country: parsed.country }), ...(type && { type }) });
  } catch (error) {
    if (error instanceof ParseError) return fail({ detail: describe(error.message, text) });
    throw error;
  }
}

function describe(code: string, text: string): string {
  if (code === 'INVALID_COUNTRY' && text.trim().startsWith('+'))
    return 'begins with a country code that we do not call';
  return parseFailures[code] ?? 'is not a phone number';
}

const parseFailures: Readonly<Record<string, string>> = {
  NOT_A_NUMBER: 'is not a phone number: digits are missing',
  INVALID_COUNTRY: 'needs its country: begin with + and the country code, or send country as well',
  TOO_SHORT: 'is too short for a phone number',
  TOO_LONG: 'is too long for a phone number',
  INVALID_LENGTH: 'does not have the number of digits that phone numbers have there',
};
