import { CsvError, parse } from 'csv-parse';
import type { CountryCode } from 'libphonenumber-js/max';
import { type BulkCells, type BulkRecord, rowReader } from './bulk-lines.ts';
import { bulkNumber } from './bulk-number.ts';
import { type BulkColumn, type BulkDefaults, type BulkLayout, type Reject, isReject, readBulkRow } from './bulk-row.ts';
import type { Suppression } from './ports.ts';

/** A piece of a parsed file. */
export interface BulkPiece {
  readonly entries: readonly Suppression[];
  readonly rejects: readonly Reject[];
  /** The last row of the piece, counted from 1. */
  readonly row: number;
}

/** The file as a whole cannot be taken; the message is one sentence. */
export class BulkFileError extends Error {
  override readonly name = 'BulkFileError';
  readonly code = 'bulk-file-unreadable';
}

export interface BulkParseSettings {
  /** Rows of one piece. @default 1000 */
  readonly pieceRows?: number;
  /** @default 5,000,000 */
  readonly rowsMax?: number;
}

/** Longest row; a quote that is never closed ends here instead of eating the file. */
const rowBytesMax = 10_000;

const columnNames: Readonly<Record<string, BulkColumn>> = {
  number: 'number',
  phone: 'number',
  phonenumber: 'number',
  telephone: 'number',
  reason: 'reason',
  source: 'source',
  addedby: 'addedBy',
  addedat: 'addedAt',
  added: 'addedAt',
};

/**
 * Reads a CSV file of suppressions piece by piece. The first row names the columns; a file without names has the numbers
 * in its first column. Comma, semicolon or tab, whichever the first line uses most.
 * @throws BulkFileError
 */
export async function* parseSuppressions(
  chunks: AsyncIterable<Uint8Array>,
  defaults: BulkDefaults,
  { pieceRows = 1_000, rowsMax = 5_000_000 }: BulkParseSettings = {},
): AsyncGenerator<BulkPiece> {
  let layout: BulkLayout | undefined;
  let row = 0;
  let entries: Suppression[] = [];
  let rejects: Reject[] = [];
  let filled = 0;
  for await (const rows of rowsIn(chunks, defaults.country)) {
    for (const cells of rows) {
      row += 1;
      if (row > rowsMax) throw new BulkFileError(`The file has more than ${rowsMax} rows: import it in parts.`);
      if (cells.length === 1 && (cells[0] as string).trim() === '') continue;
      if (!layout) {
        const named = layoutOf(cells);
        layout = named ?? { number: 0 };
        if (named) continue;
        refuseUnnamed(cells, defaults);
      }
      const read = readBulkRow(cells, row, layout, defaults);
      if (isReject(read)) rejects.push(read);
      else entries.push(read);
      filled += 1;
      if (filled < pieceRows) continue;
      yield { entries, rejects, row };
      [entries, rejects, filled] = [[], [], 0];
    }
  }
  if (!layout) throw new BulkFileError('The file is empty: it needs at least one number.');
  if (filled > 0) yield { entries, rejects, row };
}

/** The cells of each row, as many at once as a chunk holds; what csv-parse finds wrong is one sentence. */
async function* rowsIn(
  chunks: AsyncIterable<Uint8Array>,
  country: CountryCode | undefined,
): AsyncGenerator<BulkCells[]> {
  const [delimiter, whole] = await detectDelimiter(chunks);
  const rowsOf = rowReader(delimiter, country);
  let rows: BulkCells[] = [];
  let linesRead = 0;
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    raw: true,
    max_record_size: rowBytesMax,
    // Taken here and not from the stream, which would hand over a million records one by one.
    on_record: (record: unknown, { lines }) => {
      // Its types do not tell what `raw` makes of a record.
      rows.push(...rowsOf(record as BulkRecord));
      linesRead = lines;
      return null;
    },
  });
  const failed = new Promise<never>((_, reject) =>
    parser.once('error', (error) => reject(asFileError(error, linesRead + 1))),
  );
  const step = (start: (done: () => void) => void) =>
    Promise.race([failed, new Promise<void>((resolve) => start(resolve))]);
  parser.resume();
  try {
    for await (const chunk of whole) {
      await step((done) => parser.write(chunk, done));
      yield rows;
      rows = [];
    }
    await step((done) => parser.once('end', done).end());
    yield rows;
  } finally {
    parser.destroy();
  }
}

/** @param line where the row begins that cannot be read */
function asFileError(error: Error, line: number): Error {
  if (!(error instanceof CsvError)) return error;
  return new BulkFileError(
    `The file is no readable CSV from line ${line} on: a quotation mark is not closed, or a row is longer than ${rowBytesMax} bytes.`,
    { cause: error },
  );
}

async function detectDelimiter(chunks: AsyncIterable<Uint8Array>): Promise<[string, AsyncIterable<Uint8Array>]> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await iterator.next();
  const firstLine = first.done ? '' : (Buffer.from(first.value).toString('latin1').split('\n', 1)[0] as string);
  const count = (delimiter: string) => firstLine.split(delimiter).length;
  const delimiter = [',', ';', '\t'].reduce((best, each) => (count(each) > count(best) ? each : best));
  async function* whole(): AsyncGenerator<Uint8Array> {
    if (first.done) return;
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return [delimiter, whole()];
}

/** Undefined where the first row does not name a number column. */
function layoutOf(cells: readonly string[]): BulkLayout | undefined {
  const layout: Partial<Record<BulkColumn, number>> = {};
  for (const [index, cell] of cells.entries()) {
    const column = columnNames[cell.toLowerCase().replace(/[\s_-]/g, '')];
    if (column) layout[column] ??= index;
  }
  return layout.number === undefined ? undefined : { ...layout, number: layout.number };
}

function refuseUnnamed(cells: readonly string[], { country }: BulkDefaults): void {
  if (bulkNumber((cells[0] ?? '').trim(), country).ok) return;
  throw new BulkFileError(
    'The first row must name the columns (number, reason, source, addedBy, addedAt) or begin with a number.',
  );
}
