import type { DialableCountry, Lines } from '../../events/lines/schema.ts';
import type { Problem } from '../../events/problem/schema.ts';
import type { RequestCallback } from '../../events/request-callback/schema.ts';
import { type PhoneCheck, checkPhone } from './phone-check.ts';
import { fill } from './strings/fill.ts';
import type { FormStrings } from './strings/en.ts';
import type { Slot } from '../../events/slots/schema.ts';

/** What the person wants: now, or a slot with the zone it was shown in. */
export type WhenChoice = 'now' | (Slot & { readonly timeZone: string });

export type FieldName = 'line' | 'name' | 'country' | 'phone' | 'when' | 'reason' | 'consent';

/** What stands in the form. */
export interface FormValues {
  readonly line: string;
  readonly name: string;
  readonly country: string;
  readonly phone: string;
  /** Undefined where a time is wanted but none is chosen. */
  readonly when: WhenChoice | undefined;
  readonly reason: string;
  readonly consented: boolean;
}

export type FieldErrors = ReadonlyMap<FieldName, string>;

/** The request body, in one order, so that the same answers are the same text. */
export function toBody(
  values: FormValues,
  shown: Pick<RequestCallback['consent'], 'version' | 'language'>,
  personZone: string | undefined,
): RequestCallback {
  const [name, reason] = [plain(values.name), plain(values.reason)];
  const { when } = values;
  const slot = typeof when === 'object' ? { date: when.date, from: when.from, to: when.to } : undefined;
  const timeZone = typeof when === 'object' ? when.timeZone : personZone;
  return {
    phone: values.phone.trim(),
    ...(values.country && { country: values.country }),
    line: values.line,
    ...(name && { name }),
    when: slot ?? 'now',
    ...(timeZone && { timeZone }),
    ...(reason && { reason }),
    consent: { version: shown.version, ...(shown.language && { language: shown.language }), accepted: true },
  };
}

/** The contract takes no control characters; a line break in the reason is a space to whoever reads it. */
const plain = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').trim();

/** The countries of a line, in the settings' order. */
export function countriesOf(lines: Lines, lineName: string): readonly DialableCountry[] {
  const line = lines.lines.find(({ name }) => name === lineName) ?? lines.lines[0];
  return lines.countries.filter(({ code }) => line?.countries.includes(code));
}

/** What can be told before anything is sent. */
export function findErrors(values: FormValues, lines: Lines, strings: FormStrings, tag: string): FieldErrors {
  const errors = new Map<FieldName, string>();
  const countries = countriesOf(lines, values.line);
  const phone = checkPhone(values.phone, countries, values.country);
  // A number that is too long may carry a prefix that only the server knows.
  if (phone.verdict !== 'complete' && phone.verdict !== 'long') {
    errors.set('phone', describePhone(phone, countries, strings, tag));
  }
  if (!values.when) errors.set('when', strings.slotEmpty);
  if (!values.consented) errors.set('consent', strings.consentEmpty);
  return errors;
}

/** Plain words about a number. */
export function describePhone(
  check: PhoneCheck,
  countries: readonly DialableCountry[],
  strings: FormStrings,
  tag: string,
): string {
  switch (check.verdict) {
    case 'empty':
      return strings.phoneEmpty;
    case 'letters':
      return strings.phoneLetters;
    case 'elsewhere':
      return fill(strings.phoneElsewhere, { countries: namesOf(countries, tag) });
    case 'short':
    case 'long': {
      const least = Math.min(...check.lengths);
      const most = Math.max(...check.lengths);
      return fill(strings.phoneLength, {
        count: check.count,
        country: countryName(check.country, tag),
        lengths: least === most ? String(least) : `${least}–${most}`,
      });
    }
    case 'complete':
      return strings.phoneComplete;
  }
}

export const countryName = (code: string, tag: string): string =>
  new Intl.DisplayNames([tag, 'en'], { type: 'region' }).of(code) ?? code;

const namesOf = (countries: readonly DialableCountry[], tag: string): string =>
  new Intl.ListFormat([tag, 'en'], { type: 'conjunction' }).format(countries.map(({ code }) => countryName(code, tag)));

/** Errors of the server by the field that their JSON pointer names; what names none is left out. */
export function fieldErrorsOf(problem: Pick<Problem, 'code' | 'errors'>, strings: FormStrings): FieldErrors {
  const errors = new Map<FieldName, string>();
  for (const { pointer } of problem.errors ?? []) {
    const field = fieldByPointer.get(pointer.split('/')[1] ?? '');
    if (field && !errors.has(field)) errors.set(field, sentenceFor(pointer, field, strings));
  }
  if (problem.code === 'slot-taken') errors.set('when', strings.slotTaken);
  if (problem.code === 'number-not-callable') errors.set('phone', strings.notCallable);
  const aboutNumber = numberSentences[problem.code];
  if (aboutNumber) errors.set('phone', strings[aboutNumber]);
  return errors;
}

/** What the abuse screen found about the number itself. */
const numberSentences: Readonly<Partial<Record<string, keyof FormStrings>>> = {
  'country-not-called': 'countryNotCalled',
  'number-type-not-called': 'typeNotCalled',
  'too-many-for-number': 'tooManyForNumber',
};

const requestSentences: Readonly<Partial<Record<string, keyof FormStrings>>> = {
  'origin-not-allowed': 'originRefused',
  'form-filled-by-program': 'filledTooFast',
  'proof-missing': 'proofRefused',
  'proof-invalid': 'proofRefused',
  'proof-expired': 'proofRefused',
  'proof-used': 'proofRefused',
  'too-many-from-address': 'tooManyFromAddress',
  'line-full-today': 'fullToday',
  'full-today': 'fullToday',
  'screen-unavailable': 'screenUnavailable',
};

/** What went wrong with a request as a whole, for who sent it. */
export function describeProblem({ code, status }: Pick<Problem, 'code' | 'status'>, strings: FormStrings): string {
  const known = requestSentences[code];
  if (known) return strings[known];
  if (status === 429) return strings.tooMany;
  return status >= 500 || status === 409 ? strings.failed : strings.refused;
}

const fieldByPointer: ReadonlyMap<string, FieldName> = new Map([
  ['line', 'line'],
  ['name', 'name'],
  ['country', 'country'],
  ['phone', 'phone'],
  ['when', 'when'],
  ['timeZone', 'when'],
  ['reason', 'reason'],
  ['consent', 'consent'],
]);

function sentenceFor(pointer: string, field: FieldName, strings: FormStrings): string {
  if (pointer === '/consent/version' || pointer === '/consent/language') return strings.consentChanged;
  if (field === 'phone') return strings.phoneRefused;
  if (field === 'when') return strings.slotRefused;
  return field === 'consent' ? strings.consentEmpty : strings.fieldRefused;
}

/** The wording in the form's language, else the English one, which is then marked as English. */
export function wordingIn(
  wording: Lines['consent']['wording'],
  tag: string,
): readonly [language: string, text: string] {
  const base = tag.split('-')[0] ?? tag;
  for (const language of [tag, base]) {
    const text = wording[language];
    if (text) return [language, text];
  }
  return ['en', wording.en];
}
