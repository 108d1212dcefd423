import { csvLine } from '../shared/csv-line.ts';
import type { PlanSink } from './plan-ports.ts';
import { type UploadReject, type UploadRejectCode, rejectReportHeader, uploadRejectWords } from './reject.ts';

/** Written at once. */
const pieceCharacters = 131_072;
const cellsKeptMax = 1_000;

/** Counts rejects by reason and writes the report of them, for spreadsheets: formulas neutralised. */
export class ReportWriter {
  readonly #sink: Pick<PlanSink, 'report'>;
  readonly #counts: Partial<Record<UploadRejectCode, number>> = {};
  /** Cells that come again and again, ready to be written. */
  readonly #cells = new Map<string, string>();
  #text: string;
  total = 0;

  /** @param header empty where what is written goes on with a report. */
  constructor(sink: Pick<PlanSink, 'report'>, header = rejectReportHeader) {
    this.#sink = sink;
    this.#text = header;
  }

  get counts(): Readonly<Partial<Record<UploadRejectCode, number>>> {
    return this.#counts;
  }

  add({ row, column, value, code, detail }: UploadReject): void {
    this.#counts[code] = (this.#counts[code] ?? 0) + 1;
    this.total += 1;
    const words = uploadRejectWords[code];
    const explanation = detail === undefined ? words : `${words} ${detail}`;
    this.#text += `${row},${this.#cell(column)},${cellOf(value)},${code},${this.#cell(explanation)}\r\n`;
  }

  /** Writes what has gathered, where that is much. */
  async relieve(): Promise<void> {
    if (this.#text.length >= pieceCharacters) await this.finish();
  }

  async finish(): Promise<void> {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    await this.#sink.report(text);
  }

  #cell(text: string): string {
    const known = this.#cells.get(text);
    if (known !== undefined) return known;
    const cell = cellOf(text);
    if (this.#cells.size < cellsKeptMax) this.#cells.set(text, cell);
    return cell;
  }
}

const cellOf = (text: string): string => csvLine([text]).slice(0, -2);
