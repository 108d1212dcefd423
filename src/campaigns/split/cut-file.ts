import { noRows } from '../plan-upload.ts';
import { FileReading, type OpenedFile, type RowsForm, piecesOf } from '../read-rows.ts';
import { tooManyRows } from '../row-screen.ts';

/** Whole rows of a file, from a byte to the byte before another. */
export interface FileRange {
  readonly range: number;
  readonly from: number;
  readonly to: number;
  /** The number of the last row before it. */
  readonly row: number;
}

export interface CutFile extends RowsForm {
  readonly opened: OpenedFile;
  readonly ranges: readonly FileRange[];
  /** Rows that hold something. */
  readonly rows: number;
}

export interface CutSettings {
  readonly sizeBytes: number;
  /** A range ends at the first row after so many bytes. */
  readonly rangeBytes: number;
  readonly rowsMax: number;
  readonly onProgress?: (progress: { readonly bytes: number; readonly rows: number }) => void;
}

/** However large a file is: the state machine names each range in its results, and they are limited to 256 KB. */
const rangesMax = 1_000;

/**
 * Finds where a file can be cut: reads all of it with the very reader that will read the ranges, so that a cut lies where
 * that reader begins a row and nowhere else, whatever quotation marks say.
 * @throws UploadFileError
 */
export async function cutFile(chunks: AsyncIterable<Uint8Array>, settings: CutSettings): Promise<CutFile> {
  const { sizeBytes, rowsMax, onProgress } = settings;
  const rangeBytes = Math.max(settings.rangeBytes, Math.ceil(sizeBytes / rangesMax));
  let rows = 0;
  const sink = { row: () => void (rows += 1), fault: () => void (rows += 1) };
  let opened: OpenedFile | undefined;
  const reading = new FileReading((file) => {
    opened = file;
    return sink;
  });
  const ranges: FileRange[] = [];
  let begun: RowStart | undefined;
  const endRange = (to: number): void => {
    if (begun) ranges.push({ range: ranges.length, ...begun, to });
  };
  for await (const chunk of chunks) {
    for (const piece of piecesOf(chunk)) {
      reading.push(piece);
      if (opened) begun ??= { from: reading.bodyFrom, row: opened.rowsBefore };
      if (begun === undefined || reading.bytes - begun.from < rangeBytes) continue;
      const next = nextRow(reading, piece);
      if (next === undefined || next.from <= begun.from || next.from >= sizeBytes) continue;
      endRange(next.from);
      begun = next;
    }
    if (rows > rowsMax) throw tooManyRows(rowsMax);
    onProgress?.({ bytes: reading.bytes, rows });
  }
  reading.finish();
  if (rows > rowsMax) throw tooManyRows(rowsMax);
  if (!opened || rows === 0) throw noRows();
  begun ??= { from: reading.bodyFrom, row: opened.rowsBefore };
  endRange(sizeBytes);
  const { form, header } = opened;
  return { opened, form, header, encoding: reading.encoding, hasOldLineEnds: reading.hasOldLineEnds, rows, ranges };
}

interface RowStart {
  readonly from: number;
  readonly row: number;
}

const carriageReturn = 13;
const lineFeed = 10;

/**
 * Where the first row begins that was not read yet. Undefined where that cannot be told from the last piece: a later one
 * will tell.
 */
function nextRow(reading: FileReading, piece: Uint8Array): RowStart | undefined {
  const { left, encoding, characters, markBytes } = reading;
  if (!left) return undefined;
  if (encoding !== 'utf-8') {
    const unitBytes = encoding === 'windows-1252' ? 1 : 2;
    return { from: markBytes + unitBytes * (characters - left.text.length), row: left.row };
  }
  // Damaged characters have another length in the text, line ends have not: so many of them lie behind the row's beginning.
  let lines = left.text.split('\n').length;
  for (let at = piece.byteLength - 1; at >= 0; at -= 1) {
    const isLineEnd = piece[at] === lineFeed || (reading.hasOldLineEnds && piece[at] === carriageReturn);
    if (!isLineEnd) continue;
    lines -= 1;
    if (lines === 0) return { from: reading.bytes - piece.byteLength + at + 1, row: left.row };
  }
  return undefined;
}
