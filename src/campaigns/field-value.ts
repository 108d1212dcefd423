import type { FieldType } from './upload-settings.ts';

export type DateForm = 'ISO' | 'MDY' | 'DMY';

/** What each type wants, said to whom reads the reject report. */
export const fieldTypeWords: Readonly<Record<FieldType, string>> = {
  String: 'It must be text.',
  Integer: 'It must be a whole number such as 42.',
  Float: 'It must be a number such as 42.5.',
  Date: 'It must be a date such as 2026-11-02.',
  DateTime: 'It must be a time such as 2026-11-02T13:14:15.',
  Boolean: 'It must be true or false.',
  Phone: 'It must be a phone number.',
  Email: 'It must be an e-mail address.',
};

const integer = /^[+-]?\d{1,18}$/;
const float = /^[+-]?\d{1,18}(?:\.\d{1,18})?$/;
/** A comma that sets decimals apart, and not thousands: not exactly three digits behind it. */
const commaFloat = /^([+-]?\d{1,18}),(\d{1,2}|\d{4,18})$/;
const email = /^[^\s@,;"<>]+@[^\s@,;"<>]+\.[^\s@,;"<>]+$/;
const yes = new Set(['true', 'yes', 'y', '1']);
const no = new Set(['false', 'no', 'n', '0']);

/**
 * A cell as the campaign's field mapping wants it, or undefined where it is no value of the type. Numbers of people are
 * brought to E.164 elsewhere. Where a type can be written in more than one way, the way that cannot be misread is sent.
 */
export function fieldValue(text: string, type: Exclude<FieldType, 'Phone'>, dates: DateForm): string | undefined {
  switch (type) {
    case 'String':
      return text;
    case 'Integer':
      return integer.test(text) ? text : undefined;
    case 'Float':
      return float.test(text) ? text : commaFloat.test(text) ? text.replace(',', '.') : undefined;
    case 'Date':
      return dateValue(text, dates);
    case 'DateTime':
      return dateTimeValue(text, dates);
    case 'Boolean': {
      const word = text.toLowerCase();
      return yes.has(word) ? 'true' : no.has(word) ? 'false' : undefined;
    }
    case 'Email':
      return text.length <= 254 && email.test(text) ? text : undefined;
  }
}

/** `YYYY-MM-DD` of a date that exists, or undefined. */
export function dateValue(text: string, form: DateForm): string | undefined {
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (iso) return exists(Number(iso[1]), Number(iso[2]), Number(iso[3])) ? text : undefined;
  if (form === 'ISO') return undefined;
  const written = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$/.exec(text);
  if (!written) return undefined;
  const [first = 0, second = 0, year = 0] = written.slice(1).map(Number);
  const [month, day] = form === 'MDY' ? [first, second] : [second, first];
  return exists(year, month, day) ? `${year}-${two(month)}-${two(day)}` : undefined;
}

const clockTime = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d{1,9})?)?(Z?)$/;

function dateTimeValue(text: string, form: DateForm): string | undefined {
  const [dateText = '', timeText, ...more] = text.replace(/[Tt]/, ' ').split(' ');
  const date = dateValue(dateText, form);
  const time = clockTime.exec((timeText ?? '00:00').toUpperCase());
  if (date === undefined || !time || more.length > 0) return undefined;
  return `${date}T${time[1]}:${time[2]}:${time[3] ?? '00'}${time[4]}`;
}

function exists(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1_900 && year <= 2_200 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

const two = (number: number): string => String(number).padStart(2, '0');
