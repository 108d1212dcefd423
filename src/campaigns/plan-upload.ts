import { type CountryCode, isSupportedCountry } from 'libphonenumber-js/max';
import type { PolicyTable } from '../policy/table.ts';
import type { EmergencyBan } from '../policy/types.ts';
import type { EpochMs } from '../shared/clock.ts';
import { maskNumber } from '../shared/mask.ts';
import { type BlockSizes, BlockWriter } from './block-writer.ts';
import { CallingClasses } from './calling-classes.ts';
import { chooseMapping } from './choose-mapping.ts';
import { columnsOf } from './columns.ts';
import { ContactRows, isUploadReject } from './contact-row.ts';
import type { RowSink } from './csv-rows.ts';
import type { FileForm } from './file-layout.ts';
import { NumberSet } from './number-set.ts';
import type { PlanLists, PlanSink } from './plan-ports.ts';
import { type OpenedFile, readRows } from './read-rows.ts';
import type { UploadRejectCode } from './reject.ts';
import { ReportWriter } from './report-writer.ts';
import { NumberScreen } from './screen-number.ts';
import { scrubSegment } from './scrub-segment.ts';
import { Segment, type SegmentLimits } from './segment.ts';
import { UploadFileError } from './upload-error.ts';
import type { CampaignSettings, UploadMapping } from './upload-settings.ts';

export interface PlanUploadDeps {
  readonly lists: PlanLists;
  readonly sink: PlanSink;
  readonly table: PolicyTable;
  readonly bans: readonly EmergencyBan[];
  readonly onProgress?: (progress: PlanProgress) => void;
  /** How much waits for the lists at once. @default 40 MB and 400,000 contacts */
  readonly segment?: SegmentLimits;
}

export interface PlanUploadCommand {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** With countries and a country for national numbers filled in from the organization's. */
  readonly campaign: CampaignSettings & { readonly countries: readonly string[] };
  readonly nowMs: EpochMs;
}

export interface PlanProgress {
  readonly bytes: number;
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
}

export interface UploadPlan {
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: Readonly<Partial<Record<UploadRejectCode, number>>>;
  readonly chunks: number;
  readonly blocks: BlockSizes;
  /** Names of the fields, in the order of a contact's values. */
  readonly fields: readonly string[];
  readonly mapping: UploadMapping;
  /** Whether the mapping was guessed: then somebody must confirm it before anything is sent. */
  readonly guessed: boolean;
  readonly form: FileForm;
  readonly encoding: string;
  /** The life of the list, for which the lawful times were looked up. */
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  /** Questions that were left out. */
  readonly notChecked: readonly ('internal' | 'uploadedLately' | 'attempts')[];
}

const dayMs = 86_400_000;
const minuteMs = 60_000;
const segmentDefault: SegmentLimits = { bytesMax: 40 * 1024 * 1024, rowsMax: 400_000 };

/**
 * Plans an upload in one pass and constant memory but for the numbers seen: reads the file, screens and types each row,
 * leaves out what the file repeats and what lists and the law forbid, and writes chunks of ten and a report of the rest.
 * @throws UploadFileError for a file that cannot be taken as a whole; nothing of what was written counts then.
 */
export const planUpload = (deps: PlanUploadDeps, command: PlanUploadCommand): Promise<UploadPlan> =>
  new Planning(deps, command).run();

class Planning implements RowSink {
  readonly #deps: PlanUploadDeps;
  readonly #command: PlanUploadCommand;
  readonly #fromMs: EpochMs;
  readonly #toMs: EpochMs;
  readonly #classes: CallingClasses;
  readonly #segment: Segment;
  readonly #blocks: BlockWriter;
  readonly #seen = new NumberSet();
  readonly #report: ReportWriter;
  #rows = 0;
  #accepted = 0;
  #opened: { readonly file: OpenedFile; readonly mapping: UploadMapping; readonly contacts: ContactRows } | undefined;

  constructor(deps: PlanUploadDeps, command: PlanUploadCommand) {
    const { campaign, nowMs } = command;
    this.#deps = deps;
    this.#command = command;
    this.#fromMs = nowMs + campaign.activationLagMinutes * minuteMs;
    this.#toMs = this.#fromMs + campaign.lifeDays * dayMs;
    const { basis, automated } = campaign;
    const { table, bans } = deps;
    this.#classes = new CallingClasses({ table, bans, fromMs: this.#fromMs, toMs: this.#toMs, basis, automated });
    this.#segment = new Segment(deps.segment ?? segmentDefault);
    this.#blocks = new BlockWriter(deps.sink);
    this.#report = new ReportWriter(deps.sink);
  }

  async run(): Promise<UploadPlan> {
    let encoding = '';
    for await (const progress of readRows(this.#command.chunks, (file) => this.#open(file))) {
      encoding = progress.encoding;
      if (this.#segment.isFull) await this.#settleSegment();
      await this.#report.relieve();
      this.#tell(progress.bytes);
    }
    const opened = this.#opened;
    if (!opened || this.#rows === 0) throw new UploadFileError('The file has a header and no rows.');
    await this.#settleSegment();
    await this.#blocks.writeBlock();
    await this.#report.finish();
    const { lists } = this.#deps;
    return {
      rows: this.#rows,
      accepted: this.#accepted,
      rejected: this.#report.counts,
      chunks: this.#blocks.chunks,
      blocks: this.#blocks.blocks,
      fields: Object.keys(opened.mapping.fields),
      mapping: opened.mapping,
      guessed: this.#command.campaign.mapping === undefined,
      form: opened.file.form,
      encoding,
      fromMs: this.#fromMs,
      toMs: this.#toMs,
      notChecked: (['internal', 'uploadedLately', 'attempts'] as const).filter((list) => lists[list] === 'not-checked'),
    };
  }

  row(cells: readonly string[], row: number): void {
    this.#count();
    const contact = (this.#opened as { contacts: ContactRows }).contacts.read(cells, row);
    if (isUploadReject(contact)) return this.#report.add(contact);
    const { number, digits, zone, sinceMs } = contact;
    const classIndex = this.#classes.indexOf(number, digits, zone, sinceMs);
    const { rejected, opensMs } = this.#classes.get(classIndex);
    if (rejected) return this.#rejectNumber(row, number, rejected.code, rejected.detail);
    if (!this.#seen.add(digits)) return this.#rejectNumber(row, number, 'duplicate-in-file');
    this.#segment.add(contact, row, classIndex, opensMs > this.#fromMs ? opensMs : 0);
  }

  fault(row: number, code: UploadRejectCode): void {
    this.#count();
    this.#report.add({ row, column: '', value: '', code });
  }

  #open(file: OpenedFile): RowSink {
    const { campaign, nowMs } = this.#command;
    const country = countryOf(campaign.country ?? campaign.countries[0]);
    const mapping = chooseMapping(file, campaign.mapping, country);
    const columns = columnsOf(file.header, mapping, file.form.form);
    const screen = new NumberScreen({ countries: campaign.countries, types: campaign.numberTypes });
    const { dates, numberForm } = campaign;
    this.#opened = { file, mapping, contacts: new ContactRows(columns, screen, { dates, numberForm, country, nowMs }) };
    return this;
  }

  #count(): void {
    this.#rows += 1;
    const { rowsMax } = this.#command.campaign;
    if (this.#rows > rowsMax)
      throw new UploadFileError(`The file has more than ${rowsMax.toLocaleString('en')} rows: upload it in parts.`);
  }

  #rejectNumber(row: number, number: string, code: UploadRejectCode, detail?: string): void {
    const column = this.#opened?.mapping.number ?? '';
    this.#report.add({ row, column, value: maskNumber(number), code, ...(detail !== undefined && { detail }) });
  }

  async #settleSegment(): Promise<void> {
    const segment = this.#segment;
    const { lists } = this.#deps;
    const column = this.#opened?.mapping.number ?? '';
    const stays = await scrubSegment(segment, { lists, classes: this.#classes, report: this.#report, column });
    for (let index = 0; index < segment.length; index += 1) {
      if (stays[index] === 0) continue;
      if (this.#blocks.isFull) await this.#blocks.writeBlock();
      segment.copyTo(index, this.#blocks);
      this.#accepted += 1;
    }
    segment.clear();
  }

  #tell(bytes: number): void {
    this.#deps.onProgress?.({
      bytes,
      rows: this.#rows,
      accepted: this.#accepted + this.#segment.length,
      rejected: this.#report.total,
    });
  }
}

function countryOf(code: string | undefined): CountryCode | undefined {
  return code !== undefined && isSupportedCountry(code) ? code : undefined;
}
