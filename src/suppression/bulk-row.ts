import type { CountryCode } from 'libphonenumber-js/max';
import type { EpochMs } from '../shared/clock.ts';
import { withoutApostrophe } from '../shared/csv-line.ts';
import { maskNumber } from '../shared/mask.ts';
import { type NumberRejectCode, bulkNumber } from './bulk-number.ts';
import type { Suppression } from './ports.ts';

/** Columns of a file of suppressions, in the order of the export. Only `number` must be there for an import. */
export const bulkColumns = ['number', 'reason', 'source', 'addedBy', 'addedAt'] as const;
export type BulkColumn = (typeof bulkColumns)[number];
/** Where each column stands in a row. */
export type BulkLayout = Readonly<Partial<Record<BulkColumn, number>>> & { readonly number: number };

export type RejectCode =
  | NumberRejectCode
  | 'reason-missing'
  | 'text-too-long'
  | 'text-unprintable'
  | 'added-at-not-understood'
  | 'added-at-in-future';

export interface Reject {
  /** Counted from 1, the header included, as a spreadsheet does; each line that a quotation mark has eaten counts too. */
  readonly row: number;
  /** The cell at fault, masked. */
  readonly value: string;
  readonly code: RejectCode;
}

/** What a row that does not say it gets. */
export interface BulkDefaults {
  readonly reason?: string;
  readonly source: string;
  readonly addedBy: string;
  readonly addedAtMs: EpochMs;
  /** Gives national numbers their meaning. */
  readonly country?: CountryCode;
}

/** As in the API: `PUT /v1/suppressions/{number}`. */
const textLengthsMax = { reason: 500, source: 100, addedBy: 200 } as const;
const clockSkewMs = 60_000;

export const rejectWords: Readonly<Record<RejectCode, string>> = {
  'number-missing': 'The row has no number.',
  'number-too-long': 'The number is longer than 40 characters.',
  'number-needs-country': 'The number has no country code: write it with + or import with --country.',
  'number-not-understood': 'This is not a phone number.',
  'number-impossible': 'No phone number has this many digits there.',
  'number-has-extension': 'The number has an extension, which cannot be listed by itself.',
  'reason-missing': 'The row gives no reason, and the import gives none for rows without one.',
  'text-too-long': 'The reason may have 500 characters, the source 100, who added it 200.',
  'text-unprintable': 'The text has control characters.',
  'added-at-not-understood': 'The time must be like 2026-11-02T13:14:15Z or 2026-11-02.',
  'added-at-in-future': 'The time lies in the future.',
};

/** Turns one row into an entry, or tells why not. */
export function readBulkRow(
  cells: readonly string[],
  row: number,
  layout: BulkLayout,
  defaults: BulkDefaults,
): Suppression | Reject {
  const typed = cellAt(cells, layout.number);
  const number = bulkNumber(typed, defaults.country);
  if (!number.ok) return { row, value: maskCell(typed), code: number.failure };
  const reject = (code: RejectCode): Reject => ({ row, value: maskNumber(number.value), code });
  const reason = cellAt(cells, layout.reason) || defaults.reason;
  if (!reason) return reject('reason-missing');
  const source = cellAt(cells, layout.source) || defaults.source;
  const addedBy = cellAt(cells, layout.addedBy) || defaults.addedBy;
  if (
    reason.length > textLengthsMax.reason ||
    source.length > textLengthsMax.source ||
    addedBy.length > textLengthsMax.addedBy
  ) {
    return reject('text-too-long');
  }
  if (unprintable.test(reason) || unprintable.test(source) || unprintable.test(addedBy))
    return reject('text-unprintable');
  const time = cellAt(cells, layout.addedAt);
  const addedAtMs = time === '' ? defaults.addedAtMs : readInstant(time);
  if (addedAtMs === undefined) return reject('added-at-not-understood');
  if (addedAtMs > defaults.addedAtMs + clockSkewMs) return reject('added-at-in-future');
  return { number: number.value, list: 'internal', reason, source, addedBy, addedAtMs };
}

export const isReject = (read: Suppression | Reject): read is Reject => 'code' in read;

// oxlint-disable-next-line no-control-regex
const unprintable = /[\u0000-\u001f\u007f]/;

const cellAt = (cells: readonly string[], index: number | undefined): string =>
  index === undefined ? '' : withoutApostrophe((cells[index] ?? '').trim());

const instantForm = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** ISO 8601 with a zone, or a date alone (midnight UTC). */
function readInstant(text: string): EpochMs | undefined {
  if (!instantForm.test(text)) return undefined;
  const instantMs = Date.parse(text);
  return Number.isNaN(instantMs) ? undefined : instantMs;
}

/** A cell that does not even begin like a number may be anything a person typed: then not a letter of it is shown. */
const maskCell = (text: string): string =>
  /^\+?\d/.test(text) ? maskNumber(text.slice(0, 40)) : '*'.repeat(Math.min(text.length, 40));
