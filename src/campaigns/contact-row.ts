import { type CountryCode, isSupportedCountry } from 'libphonenumber-js/max';
import { isTimeZone } from '../numbering/time-zone.ts';
import { withoutApostrophe } from '../shared/csv-line.ts';
import type { EpochMs } from '../shared/clock.ts';
import { bulkNumber } from '../suppression/bulk-number.ts';
import type { Columns, FieldColumn } from './columns.ts';
import { dateValue, fieldTypeWords, fieldValue } from './field-value.ts';
import { type UploadReject, type UploadRejectCode, maskTyped, maskValue } from './reject.ts';
import type { NumberScreen } from './screen-number.ts';
import type { CampaignSettings } from './upload-settings.ts';

/** One row that can be sent, as far as the row itself tells. */
export interface ContactRow {
  /** E.164, with the plus sign. */
  readonly number: string;
  readonly digits: number;
  readonly id: string;
  readonly zone: string | undefined;
  /** Since when the row's own basis holds. */
  readonly sinceMs: EpochMs | undefined;
  /** In the order of the fields; empty where the row has none. */
  readonly values: readonly string[];
}

export interface ContactRowSettings extends Pick<CampaignSettings, 'dates' | 'numberForm'> {
  readonly country: CountryCode | undefined;
  readonly nowMs: EpochMs;
}

/** Webex: at most 8,000 characters a record. */
const recordCharactersMax = 8_000;
const idLengthMax = 100;
const clockSkewMs = 86_400_000;
const datesKeptMax = 20_000;
const instantForm = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/;
// oxlint-disable-next-line no-control-regex
const unprintable = /[\u0000-\u001f\u007f\ufffd]/;

/** Reads rows of one file: brings the number to E.164, checks what the row says of itself and types what goes to Webex. */
export class ContactRows {
  readonly #columns: Columns;
  readonly #screen: NumberScreen;
  readonly #settings: ContactRowSettings;
  readonly #zones = new Map<string, string>();
  readonly #dates = new Map<string, EpochMs | 'wrong'>();

  constructor(columns: Columns, screen: NumberScreen, settings: ContactRowSettings) {
    this.#columns = columns;
    this.#screen = screen;
    this.#settings = settings;
  }

  read(cells: readonly string[], row: number): ContactRow | UploadReject {
    const columns = this.#columns;
    const { names } = columns;
    const typed = withoutApostrophe((cells[columns.number] ?? '').trim());
    const country = columns.country < 0 ? this.#settings.country : this.#country(cells[columns.country] ?? '', typed);
    if (country === 'country-unknown' || country === 'country-not-called')
      return reject(row, names.country, cells[columns.country], country);
    const screened = this.#screen.screen(typed, country);
    if (!screened.ok) return reject(row, names.number, typed, damaged(typed) ?? screened.failure);
    const { number, digits } = screened.value;

    const zone = columns.zone < 0 ? undefined : this.#zone(cells[columns.zone] ?? '');
    if (zone === false) return reject(row, names.zone, cells[columns.zone], 'zone-unknown');
    const sinceMs = columns.since < 0 ? undefined : this.#since(cells[columns.since] ?? '');
    if (sinceMs === 'wrong') return reject(row, names.since, cells[columns.since], 'since-not-understood');
    if (sinceMs !== undefined && sinceMs > this.#settings.nowMs + clockSkewMs)
      return reject(row, names.since, cells[columns.since], 'since-in-future');
    const id = columns.id < 0 ? '' : (cells[columns.id] as string).trim();
    if (columns.id >= 0 && id === '') return reject(row, names.id, '', 'id-missing');
    if (id.length > idLengthMax) return reject(row, names.id, id, 'id-too-long');
    if (unprintable.test(id)) return reject(row, names.id, id, damaged(id) ?? 'text-unprintable');

    const values: string[] = [];
    let characters = 0;
    for (const field of columns.fields) {
      const value = field.index === columns.number ? this.#inForm(number) : this.#value(cells, row, field, country);
      if (typeof value !== 'string') return value;
      characters += value.length;
      values.push(value);
    }
    if (characters > recordCharactersMax) return reject(row, '', `${characters} characters`, 'record-too-long');
    return { number, digits, id, zone, sinceMs, values };
  }

  #value(
    cells: readonly string[],
    row: number,
    { column, index, type, required }: FieldColumn,
    country: CountryCode | undefined,
  ): string | UploadReject {
    let text = index < 0 ? '' : (cells[index] as string).trim();
    if (text === '') return required ? reject(row, column, '', 'field-missing') : '';
    if (unprintable.test(text)) {
      // A line break inside a cell is a person's way to write an address; the field is one line.
      text = text.replace(/[\r\n\t]+/g, ' ');
      if (unprintable.test(text)) return reject(row, column, text, damaged(text) ?? 'text-unprintable');
    }
    if (type === 'String') return text;
    if (type === 'Phone') {
      const phone = bulkNumber(withoutApostrophe(text), country);
      return phone.ok ? this.#inForm(phone.value) : reject(row, column, text, 'field-type', fieldTypeWords.Phone);
    }
    return (
      fieldValue(text, type, this.#settings.dates) ?? reject(row, column, text, 'field-type', fieldTypeWords[type])
    );
  }

  #inForm(number: string): string {
    return this.#settings.numberForm === 'e164' ? number : number.slice(1);
  }

  /** A bundle knows the plans of the called countries only; a number of another one must not be read as one of these. */
  #country(cell: string, number: string): CountryCode | undefined | 'country-unknown' | 'country-not-called' {
    const code = cell.trim().toUpperCase();
    if (code === '') return this.#settings.country;
    if (isSupportedCountry(code)) return code;
    if (!/^[A-Z]{2}$/.test(code)) return 'country-unknown';
    return number.startsWith('+') ? undefined : 'country-not-called';
  }

  #zone(cell: string): string | undefined | false {
    const name = cell.trim();
    if (name === '') return undefined;
    const known = this.#zones.get(name);
    if (known !== undefined) return known;
    const own = detached(name);
    if (!isTimeZone(own)) return false;
    this.#zones.set(own, own);
    return own;
  }

  #since(cell: string): EpochMs | undefined | 'wrong' {
    const text = cell.trim();
    if (text === '') return undefined;
    const known = this.#dates.get(text);
    if (known !== undefined) return known;
    const date = dateValue(text, this.#settings.dates);
    const instantMs = Date.parse(date ?? (instantForm.test(text) ? text : ''));
    const read = Number.isNaN(instantMs) ? 'wrong' : instantMs;
    if (this.#dates.size >= datesKeptMax) this.#dates.clear();
    this.#dates.set(detached(text), read);
    return read;
  }
}

export const isUploadReject = (read: ContactRow | UploadReject): read is UploadReject => 'code' in read;

/** A copy of its own: a piece of a large text that is kept would keep the whole of it. */
const detached = (text: string): string => Buffer.from(text).toString();

const damaged = (text: string): UploadRejectCode | undefined => (text.includes('\ufffd') ? 'row-damaged' : undefined);

function reject(
  row: number,
  column: string | undefined,
  value: string | undefined,
  code: UploadRejectCode,
  detail?: string,
): UploadReject {
  const text = (value ?? '').trim();
  const shownValue = code.startsWith('number-') || code.startsWith('country-') ? maskTyped(text) : maskValue(text);
  return { row, column: column ?? '', value: shownValue, code, ...(detail !== undefined && { detail }) };
}
