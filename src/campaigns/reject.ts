import { csvLine } from '../shared/csv-line.ts';
import { maskNumber } from '../shared/mask.ts';
import type { NumberRejectCode } from '../suppression/bulk-number.ts';

/** What is wrong with the form of a row, before any of its cells is read. */
export type RowFaultCode =
  | 'row-quotes'
  | 'row-columns'
  | 'row-too-long'
  | 'row-not-json'
  | 'row-nested'
  | 'row-damaged';

export type UploadRejectCode =
  | RowFaultCode
  | NumberRejectCode
  | 'number-not-in-use'
  | 'number-type'
  | 'country-not-called'
  | 'country-unknown'
  | 'zone-unknown'
  | 'since-not-understood'
  | 'since-in-future'
  | 'id-missing'
  | 'id-too-long'
  | 'field-missing'
  | 'field-type'
  | 'text-unprintable'
  | 'record-too-long'
  | 'duplicate-in-file'
  | 'duplicate-recent'
  | 'listed-internal'
  | 'registry-listed'
  | 'registry-unreadable'
  | 'cap-reached'
  | 'basis-needed'
  | 'place-unknown'
  | 'no-lawful-time'
  | 'suppressed-since'
  | 'refused-by-webex'
  | 'uncertain'
  | 'not-sent';

/** A row that is not sent, and why. */
export interface UploadReject {
  /** Counted from 1, the header included, as a spreadsheet does. */
  readonly row: number;
  /** Name of the column at fault; empty where it is the whole row. */
  readonly column: string;
  /** The value at fault, masked. */
  readonly value: string;
  readonly code: UploadRejectCode;
  /** Said after the plain words of the code. */
  readonly detail?: string;
}

export const uploadRejectWords: Readonly<Record<UploadRejectCode, string>> = {
  'row-quotes': 'A quotation mark in this row is not closed, or text follows a closed one.',
  'row-columns': 'The row does not have as many cells as the header.',
  'row-too-long': 'The row is longer than 32,768 characters.',
  'row-not-json': 'The line is no JSON object.',
  'row-nested': 'A value is an object or a list; each must be text, a number, true or false.',
  'row-damaged': 'The row holds bytes that are no characters in the encoding of the file.',
  'number-missing': 'The row has no number.',
  'number-too-long': 'The number is longer than 40 characters.',
  'number-needs-country': 'The number has no country code: write it with +, or set the country of national numbers.',
  'number-not-understood': 'This is not a phone number.',
  'number-impossible': 'No phone number has this many digits there.',
  'number-has-extension': 'The number has an extension; only direct numbers can be dialed.',
  'number-not-in-use': 'No phone number like this is in use.',
  'number-type': 'Numbers of this type are not called: toll-free, premium-rate and the like.',
  'country-not-called': 'The number belongs to a country that is not called.',
  'country-unknown': 'The country must be a two-letter code such as US.',
  'zone-unknown': 'The time zone must be an IANA name such as America/New_York.',
  'since-not-understood': 'The date of the consent or relationship must be like 2026-11-02 or 2026-11-02T13:14:15Z.',
  'since-in-future': 'The date of the consent or relationship lies in the future.',
  'id-missing': 'The row has no unique id.',
  'id-too-long': 'The unique id is longer than 100 characters.',
  'field-missing': 'The campaign requires this field.',
  'field-type': 'The value does not have the type of its field.',
  'text-unprintable': 'The value holds control characters.',
  'record-too-long': 'The fields of the row have more than 8,000 characters together, the most that Webex takes.',
  'duplicate-in-file': 'The number stands in an earlier row of this file.',
  'duplicate-recent': 'The number was uploaded to this campaign a short time ago.',
  'listed-internal': 'The number stands on our own do-not-call list.',
  'registry-listed': 'The number stands on a national do-not-call registry, and no basis lifts that.',
  'registry-unreadable': 'The call needs a national registry, and there is no current copy that covers the number.',
  'cap-reached': 'The number has been called as often as may be for now.',
  'basis-needed': 'The law there needs a basis, such as consent, that the row does not have.',
  'place-unknown': 'Nothing tells in which time zone this number rings.',
  'no-lawful-time': 'No lawful time to call lies within the life of the list.',
  'suppressed-since': 'The number came onto our own do-not-call list after the plan, so it was left out.',
  'refused-by-webex': 'Webex refused the request that the contact was in.',
  uncertain: 'Webex may have the contact or not: its answer was lost, and the count of the list does not tell.',
  'not-sent': 'The upload ended before the contact was sent.',
};

export const rejectReportHeader = csvLine(['row', 'column', 'value', 'code', 'explanation']);

const shownMax = 40;

/**
 * A value as a report may show it: its shape, and none of its letters and digits. `12 Elm St` becomes `99 xxx xx`, enough
 * to see that a street stands in a column for dates.
 */
export function maskValue(text: string): string {
  const shown = text.slice(0, shownMax).replace(/\p{L}/gu, 'x').replace(/\p{N}/gu, '9').replace(/\p{C}/gu, '?');
  return text.length > shownMax ? `${shown}…` : shown;
}

/** A number that was understood keeps its beginning and its last two digits, any other text only its shape. */
export const maskTyped = (text: string): string => (/^\+\d{7,15}$/.test(text) ? maskNumber(text) : maskValue(text));
