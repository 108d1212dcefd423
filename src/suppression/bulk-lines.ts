import type { CountryCode } from 'libphonenumber-js/max';
import { bulkNumber } from './bulk-number.ts';

export type BulkCells = readonly string[];

export interface BulkRecord {
  /** A cell whose quotation mark is not closed well still begins with it. */
  readonly record: BulkCells;
  /** The text of the record. */
  readonly raw: string;
}

/** A carriage return that ends a cell is left of the end of the row. */
const lineBreak = /\r\n|\r(?!$)|\n/;
/** Fewer digits are a year, a time or a house; more are taken for a number even where they are none. */
const numberDigitsMin = 7;

/**
 * Tells the rows of each record of a file. A record over several lines is one row, such as one with long notes, unless
 * a quotation mark was not closed on its line and has eaten the rows after it: then each line is a row.
 * @returns what takes the records one after another
 */
export function rowReader(delimiter: string, country?: CountryCode): (record: BulkRecord) => readonly BulkCells[] {
  let columns: number | undefined;
  const hasNumber = (line: string) => cellsOf(line, delimiter).some((cell) => looksLikeNumber(cell, country));
  const hasNumberOf = ({ record, raw }: BulkRecord, overLines: BulkCells): boolean =>
    overLines.some((cell) => cell.split(lineBreak).some(hasNumber)) ||
    (record.length !== columns && raw.split(lineBreak).filter(hasNumber).length > 1);

  return (read) => {
    const { record } = read;
    if (record.some((cell) => cell.trim() !== '')) columns ??= record.length;
    const overLines = record.filter((cell) => lineBreak.test(cell));
    if (overLines.length === 0) return [record];
    const isClosedWell = !overLines.some((cell) => cell.startsWith('"'));
    if (isClosedWell && !hasNumberOf(read, overLines)) return [record];
    const rows = read.raw
      .replace(/[\r\n]+$/, '')
      .split(lineBreak)
      .map((line) => cellsOf(line, delimiter));
    // If the record was one row after all, what stands behind the cell of several lines keeps its column.
    if (isClosedWell && record.length === columns) rows.push(padded(rows.pop() ?? [], columns));
    return rows;
  };
}

const padded = (cells: BulkCells, columns: number): string[] => [
  ...Array<string>(Math.max(0, columns - cells.length)).fill(''),
  ...cells,
];

/** The cells of a line by itself; a quotation mark that is not closed before a delimiter counts for nothing. */
function cellsOf(line: string, delimiter: string): string[] {
  const cells = new RegExp(`${delimiter}(?:"((?:[^"]|"")*)"(?=${delimiter}|$)|([^${delimiter}]*))`, 'g');
  return [...`${delimiter}${line}`.matchAll(cells)].map(([, quoted, plain = '']) =>
    quoted === undefined ? plain.replace(/^\s*"|"\s*$/g, '') : quoted.replaceAll('""', '"'),
  );
}

function looksLikeNumber(cell: string, country: CountryCode | undefined): boolean {
  return cell.replace(/\D/g, '').length >= numberDigitsMin || bulkNumber(cell.trim(), country).ok;
}
