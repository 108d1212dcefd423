import { type CountryCode, isSupportedCountry } from 'libphonenumber-js/max';
import type { PolicyTable } from '../policy/table.ts';
import type { EmergencyBan } from '../policy/types.ts';
import type { EpochMs } from '../shared/clock.ts';
import { maskNumber } from '../shared/mask.ts';
import { CallingClasses } from './calling-classes.ts';
import { chooseMapping } from './choose-mapping.ts';
import { columnsOf } from './columns.ts';
import { type ContactRow, ContactRows, isUploadReject } from './contact-row.ts';
import type { RowSink } from './csv-rows.ts';
import type { FileLayout } from './file-layout.ts';
import type { OpenedFile } from './read-rows.ts';
import type { UploadReject, UploadRejectCode } from './reject.ts';
import { NumberScreen } from './screen-number.ts';
import { UploadFileError } from './upload-error.ts';
import type { CampaignSettings, UploadMapping } from './upload-settings.ts';

/** A campaign's settings with countries, and a country for national numbers, filled in from the organization's. */
export type PlanCampaign = CampaignSettings & { readonly countries: readonly string[] };

export interface RowScreenSettings {
  readonly campaign: PlanCampaign;
  readonly table: PolicyTable;
  readonly bans: readonly EmergencyBan[];
  readonly nowMs: EpochMs;
}

/** What becomes of each row by itself. */
export interface ScreenedRows {
  /** @param fromMs the first lawful instant, or 0 where that is as soon as the list is active. */
  contact(contact: ContactRow, row: number, classIndex: number, fromMs: number): void;
  reject(reject: UploadReject): void;
}

const dayMs = 86_400_000;
const minuteMs = 60_000;

/**
 * The life of a list, for which lawful times are looked up.
 * @param copiesEndMs when a copy of a registry that a contact needed is too old, which ends the list before its time
 */
export function lifeOf(
  { activationLagMinutes, lifeDays }: Pick<CampaignSettings, 'activationLagMinutes' | 'lifeDays'>,
  nowMs: EpochMs,
  copiesEndMs: EpochMs = Number.POSITIVE_INFINITY,
): { readonly fromMs: EpochMs; readonly toMs: EpochMs } {
  const fromMs = nowMs + activationLagMinutes * minuteMs;
  return { fromMs, toMs: Math.min(fromMs + lifeDays * dayMs, copiesEndMs) };
}

/** Screens the rows of a file, each by itself: its form, its number, its fields, and what the law says of its place and basis. */
export class RowScreen implements RowSink {
  readonly #settings: RowScreenSettings;
  readonly #to: ScreenedRows;
  readonly #fromMs: EpochMs;
  readonly classes: CallingClasses;
  #contacts: ContactRows | undefined;
  #numberColumn = '';
  /** Rows of the file that hold something. */
  rows = 0;

  constructor(settings: RowScreenSettings, to: ScreenedRows) {
    const { campaign, table, bans, nowMs } = settings;
    const { basis, automated } = campaign;
    const life = lifeOf(campaign, nowMs);
    this.#settings = settings;
    this.#to = to;
    this.#fromMs = life.fromMs;
    this.classes = new CallingClasses({ table, bans, ...life, basis, automated });
  }

  /** Finds out which column is what. @throws UploadFileError */
  open(file: OpenedFile): UploadMapping {
    const mapping = chooseMapping(file, this.#settings.campaign.mapping, this.#country);
    this.openAs(file, mapping);
    return mapping;
  }

  openAs({ header, form }: Pick<FileLayout, 'header' | 'form'>, mapping: UploadMapping): void {
    const { campaign, nowMs } = this.#settings;
    const { dates, numberForm, countries, numberTypes } = campaign;
    const screen = new NumberScreen({ countries, types: numberTypes });
    const columns = columnsOf(header, mapping, form.form);
    this.#numberColumn = mapping.number;
    this.#contacts = new ContactRows(columns, screen, { dates, numberForm, country: this.#country, nowMs });
  }

  row(cells: readonly string[], row: number): void {
    this.#count();
    const contact = (this.#contacts as ContactRows).read(cells, row);
    if (isUploadReject(contact)) return this.#to.reject(contact);
    const { number, digits, zone, sinceMs } = contact;
    const classIndex = this.classes.indexOf(number, digits, zone, sinceMs);
    const { rejected, opensMs } = this.classes.get(classIndex);
    if (rejected) return this.rejectNumber(row, number, rejected.code, rejected.detail);
    this.#to.contact(contact, row, classIndex, opensMs > this.#fromMs ? opensMs : 0);
  }

  fault(row: number, code: UploadRejectCode): void {
    this.#count();
    this.#to.reject({ row, column: '', value: '', code });
  }

  rejectNumber(row: number, number: string, code: UploadRejectCode, detail?: string): void {
    const value = maskNumber(number);
    this.#to.reject({ row, column: this.#numberColumn, value, code, ...(detail !== undefined && { detail }) });
  }

  get #country(): CountryCode | undefined {
    return countryOf(this.#settings.campaign);
  }

  #count(): void {
    this.rows += 1;
    if (this.rows > this.#settings.campaign.rowsMax) throw tooManyRows(this.#settings.campaign.rowsMax);
  }
}

/** Gives national numbers their meaning where no column does. */
export function countryOf({
  country,
  countries,
}: Pick<PlanCampaign, 'country' | 'countries'>): CountryCode | undefined {
  const code = country ?? countries[0];
  return code !== undefined && isSupportedCountry(code) ? code : undefined;
}

export const tooManyRows = (rowsMax: number): UploadFileError =>
  new UploadFileError(`The file has more than ${rowsMax.toLocaleString('en')} rows: upload it in parts.`);
