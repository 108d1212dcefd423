import { type CountryCode, isSupportedCountry } from 'libphonenumber-js/max';
import { columnsOf } from '../../campaigns/columns.ts';
import { ContactRows, isUploadReject } from '../../campaigns/contact-row.ts';
import { uploadRejectWords } from '../../campaigns/reject.ts';
import { NumberScreen } from '../../campaigns/screen-number.ts';
import { type UploadSettings, campaignSettings } from '../../campaigns/upload-settings.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { type FieldError, pointerOf } from '../../shared/field-error.ts';
import type { ContactColumns } from './ports.ts';

export interface RowCheckSettings {
  readonly countries: readonly string[];
  readonly uploads: UploadSettings;
}

/** Reads contacts as the plan of their upload will, so that a sender hears at once what the plan would reject. */
export class RowChecks {
  readonly #settings: RowCheckSettings;
  readonly #screens = new Map<string, NumberScreen>();

  constructor(settings: RowCheckSettings) {
    this.#settings = settings;
  }

  /** The row of a contact: its number in the column that the campaign's mapping names, beside the others. */
  row(campaign: string, phone: string, columns: ContactColumns): ContactColumns {
    return { [this.#mapping(campaign).number]: phone, ...columns };
  }

  /** What the row itself has against it, by pointers `/phone` and `/variables/<column>`. */
  problemsOf(campaign: string, row: ContactColumns, nowMs: EpochMs): readonly FieldError[] {
    const mapping = this.#mapping(campaign);
    const { dates, numberForm, country, countries = this.#settings.countries } = this.#campaign(campaign);
    const header = Object.keys(row);
    const settings = { dates, numberForm, country: countryOf(country ?? countries[0]), nowMs };
    const rows = new ContactRows(columnsOf(header, mapping, 'json-lines'), this.#screen(campaign), settings);
    const read = rows.read(Object.values(row), 1);
    if (!isUploadReject(read)) return [];
    const words = [uploadRejectWords[read.code], read.detail].filter(Boolean).join(' ');
    return [{ pointer: pointerTo(read.column, mapping.number, header), detail: words }];
  }

  #campaign(campaign: string) {
    return campaignSettings(this.#settings.uploads, campaign);
  }

  #mapping(campaign: string) {
    const { mapping } = this.#campaign(campaign);
    if (!mapping) throw new Error(`The settings have no mapping for campaign ${campaign}.`);
    return mapping;
  }

  /** It remembers a million prefixes, so it is made once. */
  #screen(campaign: string): NumberScreen {
    const { countries = this.#settings.countries, numberTypes } = this.#campaign(campaign);
    const screen = this.#screens.get(campaign) ?? new NumberScreen({ countries, types: numberTypes });
    this.#screens.set(campaign, screen);
    return screen;
  }
}

function pointerTo(column: string, number: string, header: readonly string[]): string {
  if (column === '') return '';
  if (sameColumn(column, number)) return '/phone';
  return pointerOf(['variables', header.find((name) => sameColumn(name, column)) ?? column]);
}

/** As a file's header is read: regardless of case and of spaces around. */
export const sameColumn = (one: string, other: string): boolean =>
  one.trim().toLowerCase() === other.trim().toLowerCase();

const countryOf = (code: string | undefined): CountryCode | undefined =>
  code !== undefined && isSupportedCountry(code) ? code : undefined;
