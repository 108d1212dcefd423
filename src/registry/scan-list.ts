import type { EpochMs } from '../shared/clock.ts';
import { type RegistryRow, maskLine, readRow } from './row.ts';

/** Where the rows of a list go. */
export interface RowSink {
  listed(areaCode: number, line: number): void;
  changed(areaCode: number, line: number, action: 'add' | 'delete', changedAtMs: EpochMs | undefined): void;
}

export interface MalformedLine {
  /** Counted from 1. */
  readonly lineNumber: number;
  /** Masked. */
  readonly text: string;
  readonly why: string;
}

export type ListKind = 'full' | 'change';

const lineFeed = 10;
const carriageReturn = 13;
const comma = 44;
/** Longest line taken: the longest accepted form, a change with quotes and a time, has about 60 characters. */
const lineBytesMax = 128;
/** Malformed lines that a report names; the others are counted only. */
const malformedShownMax = 20;

/**
 * Reads a flat text list piece by piece, in constant memory. Lines of a full list are read straight from the bytes;
 * everything else takes the careful way through `readRow`.
 */
export class ListScanner {
  kind: ListKind | undefined;
  rows = 0;
  malformedCount = 0;
  readonly malformed: MalformedLine[] = [];
  /** Set where the first line says that this is another kind of file. */
  foreign: 'xml' | 'binary' | undefined;

  readonly #sink: RowSink;
  #lineNumber = 0;
  #shape: string | undefined;
  #tail: Uint8Array = new Uint8Array(0);
  #skippingLongLine = false;

  constructor(sink: RowSink) {
    this.#sink = sink;
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    if (this.#tail.length > 0 || this.#skippingLongLine) {
      const end = chunk.indexOf(lineFeed);
      if (end < 0) return this.#keepTail(chunk);
      this.#keepTail(chunk.subarray(0, end));
      this.#endLine();
      start = end + 1;
    }
    start = this.#scan(chunk, start);
    if (start < chunk.length) this.#keepTail(chunk.subarray(start));
  }

  /** Reads the last line, which need not end with a line feed. */
  finish(): void {
    if (this.#tail.length > 0 || this.#skippingLongLine) this.#endLine();
  }

  #keepTail(bytes: Uint8Array): void {
    if (this.#skippingLongLine) return;
    const joined = Buffer.concat([this.#tail, bytes]);
    this.#tail = joined.subarray(0, lineBytesMax);
    this.#skippingLongLine = joined.length > lineBytesMax;
  }

  #endLine(): void {
    const line = this.#tail;
    const tooLong = this.#skippingLongLine;
    this.#tail = new Uint8Array(0);
    this.#skippingLongLine = false;
    this.#takeLine(line, tooLong);
  }

  /** Reads all whole lines from `start` on and returns where the unfinished one begins. */
  #scan(chunk: Uint8Array, start: number): number {
    let position = start;
    while (position < chunk.length) {
      if (this.#shape === 'N' || this.#shape === 'AL')
        position = this.#scanFullList(chunk, position, this.#shape === 'AL');
      const end = chunk.indexOf(lineFeed, position);
      if (end < 0) return position;
      this.#takeLine(chunk.subarray(position, end), end - position > lineBytesMax);
      position = end + 1;
    }
    return position;
  }

  /** The quick way: returns at the first line that is not plainly a number of a full list. */
  #scanFullList(chunk: Uint8Array, start: number, twoColumns: boolean): number {
    const sink = this.#sink;
    const numberBytes = twoColumns ? 11 : 10;
    let position = start;
    while (position + numberBytes < chunk.length) {
      let cursor = position;
      let areaCode = 0;
      let wrong = 0;
      for (const stop = cursor + 3; cursor < stop; cursor += 1) {
        const digit = (chunk[cursor] as number) - 48;
        wrong |= digit | (9 - digit);
        areaCode = areaCode * 10 + digit;
      }
      if (twoColumns && chunk[cursor++] !== comma) break;
      let line = 0;
      for (const stop = cursor + 7; cursor < stop; cursor += 1) {
        const digit = (chunk[cursor] as number) - 48;
        wrong |= digit | (9 - digit);
        line = line * 10 + digit;
      }
      if (chunk[cursor] === carriageReturn) cursor += 1;
      if (wrong < 0 || areaCode < 200 || line < 2_000_000 || chunk[cursor] !== lineFeed) break;
      sink.listed(areaCode, line);
      this.rows += 1;
      this.#lineNumber += 1;
      position = cursor + 1;
    }
    return position;
  }

  #takeLine(bytes: Uint8Array, tooLong: boolean): void {
    this.#lineNumber += 1;
    const text = textOf(bytes);
    if (text === '' && !tooLong) return;
    if (this.#shape === undefined && this.rows === 0 && this.malformedCount === 0) {
      if (this.#isForeign(text, bytes) || this.#isHeader(text)) return;
    }
    if (tooLong) return this.#reject(text, `it is longer than ${lineBytesMax} characters`);
    const row = readRow(text);
    if ('malformed' in row) return this.#reject(text, row.malformed);
    this.#shape ??= row.shape;
    if (row.shape !== this.#shape) return this.#reject(text, 'its columns are not those of the lines before');
    this.#accept(row);
  }

  #accept(row: RegistryRow): void {
    this.rows += 1;
    this.kind = row.action ? 'change' : 'full';
    if (row.action) this.#sink.changed(row.areaCode, row.line, row.action, row.changedAtMs);
    else this.#sink.listed(row.areaCode, row.line);
  }

  #isForeign(text: string, bytes: Uint8Array): boolean {
    if (text.startsWith('<')) this.foreign ??= 'xml';
    else if (bytes.includes(0) || text.startsWith('%PDF')) this.foreign ??= 'binary';
    return this.foreign !== undefined;
  }

  /** Names of columns; the first line only. */
  #isHeader(text: string): boolean {
    return this.#headerSeen ? false : (this.#headerSeen = /^[A-Za-z"][^\d]*$/.test(text));
  }
  #headerSeen = false;

  #reject(text: string, why: string): void {
    this.malformedCount += 1;
    if (this.malformed.length >= malformedShownMax) return;
    this.malformed.push({ lineNumber: this.#lineNumber, text: maskLine(text), why });
  }
}

function textOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, lineBytesMax)).toString('latin1');
  // A byte order mark, read as Latin-1.
  return text.replace(/^\u00ef\u00bb\u00bf/, '').trim();
}
