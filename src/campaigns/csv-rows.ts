import type { RowFaultCode } from './reject.ts';

/** Where rows go. Row numbers count from 1 and include the header, as a spreadsheet does. */
export interface RowSink {
  /** @param cells as many as the header has. */
  row(cells: readonly string[], row: number): void;
  fault(row: number, code: RowFaultCode): void;
}

/** What a reader has been given and has not read yet. */
export interface RowsLeft {
  readonly text: string;
  /** The number of the last row before it. */
  readonly row: number;
}

/** Characters of one row: four times what Webex takes of a record. */
export const rowCharactersMax = 32_768;

const quote = 34;
const carriageReturn = 13;

/**
 * Cuts text into rows, in any pieces: what comes out does not depend on where they end. Rows without a quotation mark, which most are, are split in one go: a general
 * parser needs ten times as long. What is wrong with a row costs that row only: after it, reading goes on at the next line.
 */
export class CsvRows {
  readonly #delimiter: string;
  readonly #columns: number;
  readonly #sink: RowSink;
  #row: number;
  #tail = '';
  #isSkippingLine = false;

  /** @param row the number of the last row before the text begins. */
  constructor(settings: { delimiter: string; columns: number; row: number }, sink: RowSink) {
    this.#delimiter = settings.delimiter;
    this.#columns = settings.columns;
    this.#row = settings.row;
    this.#sink = sink;
  }

  push(text: string): void {
    const whole = this.#tail === '' ? text : this.#tail + text;
    this.#tail = whole.slice(this.#read(whole, false));
  }

  /** Undefined within a row that is too long, of which nothing is kept. */
  get left(): RowsLeft | undefined {
    return this.#isSkippingLine ? undefined : { text: this.#tail, row: this.#row };
  }

  finish(): void {
    const rest = this.#tail;
    this.#tail = '';
    if (rest !== '' || this.#isSkippingLine) this.#read(`${rest}\n`, true);
  }

  /** @returns where the text begins that needs more of it. */
  #read(text: string, isLast: boolean): number {
    let at = this.#isSkippingLine ? this.#skipLine(text) : 0;
    if (at < 0) return text.length;
    let nextQuote = text.indexOf('"', at);
    for (let end = text.indexOf('\n', at); end >= 0; end = text.indexOf('\n', at)) {
      if (nextQuote >= 0 && nextQuote < at) nextQuote = text.indexOf('"', at);
      if (nextQuote < 0 || nextQuote > end || end - at > rowCharactersMax) {
        this.#line(text, at, end);
        at = end + 1;
        continue;
      }
      const record = readQuotedRecord(text, at, this.#delimiter, this.#columns);
      if (record === 'needs-more' && !isLast && text.length - at <= rowCharactersMax) return at;
      this.#row += 1;
      // One of several lines that is too long has most likely a mark that was never closed.
      if (typeof record === 'string' || record.next - at - 1 > rowCharactersMax) {
        this.#sink.fault(this.#row, 'row-quotes');
        at = end + 1;
      } else {
        this.#take(record.cells);
        at = record.next;
      }
    }
    return text.length - at > rowCharactersMax ? this.#startSkipping(text.length) : at;
  }

  /** A line without quotation marks, or one that is too long whatever it holds. */
  #line(text: string, from: number, end: number): void {
    const to = end > from && text.charCodeAt(end - 1) === carriageReturn ? end - 1 : end;
    this.#row += 1;
    if (end - from > rowCharactersMax) this.#sink.fault(this.#row, 'row-too-long');
    else if (to > from) this.#take(text.slice(from, to).split(this.#delimiter));
  }

  #take(cells: string[]): void {
    if (cells.length === this.#columns) {
      if (this.#columns > 1 || (cells[0] as string).trim() !== '') this.#sink.row(cells, this.#row);
    } else if (cells.length > this.#columns && cells.slice(this.#columns).every((cell) => cell.trim() === '')) {
      this.#sink.row(cells.slice(0, this.#columns), this.#row);
    } else if (cells.some((cell) => cell.trim() !== '')) {
      this.#sink.fault(this.#row, 'row-columns');
    }
  }

  #startSkipping(length: number): number {
    this.#row += 1;
    this.#sink.fault(this.#row, 'row-too-long');
    this.#isSkippingLine = true;
    return length;
  }

  #skipLine(text: string): number {
    const end = text.indexOf('\n');
    this.#isSkippingLine = end < 0;
    return end < 0 ? -1 : end + 1;
  }
}

interface QuotedRecord {
  readonly cells: string[];
  /** Where the next record begins. */
  readonly next: number;
}

/**
 * Reads one record that holds quotation marks. A mark counts only at the beginning of a cell (`5" pipe` is text). A record
 * over several lines must have the right number of cells, because else a mark that was never closed ate the rows after it.
 * @param columns absent for the header, which says how many there are.
 */
export function readQuotedRecord(
  text: string,
  start: number,
  delimiter: string,
  columns?: number,
): QuotedRecord | 'needs-more' | 'malformed' {
  const cells: string[] = [];
  let at = start;
  let hasLineBreak = false;
  for (;;) {
    let cellEnd: number;
    if (text.charCodeAt(at) === quote) {
      const close = closingQuote(text, at + 1);
      if (close < 0 || close + 1 >= text.length) return 'needs-more';
      const cell = text.slice(at + 1, close);
      hasLineBreak ||= cell.includes('\n');
      cells.push(cell.includes('"') ? cell.replaceAll('""', '"') : cell);
      cellEnd = close + 1;
      if (text.charCodeAt(cellEnd) === carriageReturn) {
        if (cellEnd + 1 >= text.length) return 'needs-more';
        if (text[cellEnd + 1] === '\n') cellEnd += 1;
      }
    } else {
      cellEnd = endOfCell(text, at, delimiter);
      if (cellEnd < 0) return 'needs-more';
      const isLineEnd = text[cellEnd] === '\n' && text.charCodeAt(cellEnd - 1) === carriageReturn && cellEnd > at;
      cells.push(text.slice(at, isLineEnd ? cellEnd - 1 : cellEnd));
    }
    const after = text[cellEnd];
    at = cellEnd + 1;
    if (after === '\n')
      return hasLineBreak && columns !== undefined && cells.length !== columns ? 'malformed' : { cells, next: at };
    if (after !== delimiter || at - start > rowCharactersMax) return 'malformed';
    if (at >= text.length) return 'needs-more';
  }
}

/** The mark that closes a cell: one that is not doubled. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && text.charCodeAt(at + 1) === quote) at = text.indexOf('"', at + 2);
  return at;
}

function endOfCell(text: string, from: number, delimiter: string): number {
  const line = text.indexOf('\n', from);
  if (line < 0) return -1;
  // Within the line only: a delimiter that a file never uses would else be looked for to the end of the text each time.
  const cell = text.slice(from, line).indexOf(delimiter);
  return cell < 0 ? line : from + cell;
}
