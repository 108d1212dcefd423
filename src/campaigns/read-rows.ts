import { CsvRows, type RowSink, type RowsLeft } from './csv-rows.ts';
import { type Encoding, TextDecoding } from './decode-text.ts';
import { type FileForm, type FileLayout, readLayout } from './file-layout.ts';
import { JsonRows } from './json-rows.ts';

export interface OpenedFile extends FileLayout {
  /** The first text of the rows, from which columns can be guessed. */
  readonly sample: string;
}

/** Everything that must be known of a file to read its rows from anywhere. */
export interface RowsForm {
  readonly form: FileForm;
  readonly header: readonly string[];
  readonly encoding: Encoding;
  /** Whether a carriage return alone ends a line. */
  readonly hasOldLineEnds: boolean;
}

interface Rows {
  push(text: string): void;
  finish(): void;
  readonly left: RowsLeft | undefined;
}

/** Larger texts are put among the old objects of the heap at once, where they stay until much has gathered. */
const pieceBytes = 65_536;

/**
 * Reads a CSV or JSON Lines file in one pass. `open` is called once, with what the beginning tells; the sink it answers gets
 * the rows, and this yields after each piece of the file, so that the caller can do what takes time before the next.
 * @throws UploadFileError
 */
export async function* readRows(
  chunks: AsyncIterable<Uint8Array>,
  open: (file: OpenedFile) => RowSink,
): AsyncGenerator<{ readonly bytes: number; readonly encoding: string }> {
  const reading = new FileReading(open);
  for await (const chunk of chunks) {
    for (const piece of piecesOf(chunk)) {
      reading.push(piece);
      yield { bytes: reading.bytes, encoding: reading.encoding };
    }
  }
  reading.finish();
  yield { bytes: reading.bytes, encoding: reading.encoding };
}

/**
 * Reads rows from the middle of a file.
 * @param from what is known of the file, and the number of the last row before the chunks begin
 */
export async function* readRowsFrom(
  chunks: AsyncIterable<Uint8Array>,
  from: RowsForm & { readonly row: number },
  sink: RowSink,
): AsyncGenerator<void> {
  const decoding = new TextDecoding(from.encoding);
  const rows = rowsOf(from, from.row, sink);
  const normal = (text: string): string => (from.hasOldLineEnds ? text.replaceAll('\r', '\n') : text);
  for await (const chunk of chunks) {
    for (const piece of piecesOf(chunk)) {
      rows.push(normal(decoding.push(piece)));
      yield;
    }
  }
  rows.push(normal(decoding.finish()));
  rows.finish();
  yield;
}

export function* piecesOf(chunk: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < chunk.byteLength; at += pieceBytes) yield chunk.subarray(at, at + pieceBytes);
}

/** A file that is being read from its beginning, in pieces. */
export class FileReading {
  readonly #open: (file: OpenedFile) => RowSink;
  readonly #decoding = new TextDecoding();
  #lineEnds: LineEnds | undefined;
  #begun = '';
  #rows: Rows | undefined;
  /** Read so far. */
  bytes = 0;
  /** Decoded so far. */
  characters = 0;
  /** Where the rows begin, in bytes; 0 until that is known. */
  bodyFrom = 0;

  constructor(open: (file: OpenedFile) => RowSink) {
    this.#open = open;
  }

  /** As far as the bytes read tell: ASCII alone counts as UTF-8. */
  get encoding(): Encoding {
    return this.#decoding.encoding;
  }

  get hasOldLineEnds(): boolean {
    return this.#lineEnds?.isOld === true;
  }

  get markBytes(): number {
    return this.#decoding.markBytes;
  }

  /** The decoded text that no row was made of yet; undefined where a row that is too long, or a byte, is in the way. */
  get left(): RowsLeft | undefined {
    return this.#decoding.holdsBytes ? undefined : this.#rows?.left;
  }

  /** @throws UploadFileError */
  push(piece: Uint8Array): void {
    this.bytes += piece.byteLength;
    this.#take(this.#decoding.push(piece), false);
  }

  /** @throws UploadFileError */
  finish(): void {
    this.#take(this.#decoding.finish(), true);
    this.#rows?.finish();
  }

  #take(decoded: string, isWhole: boolean): void {
    this.characters += decoded.length;
    this.#lineEnds ??= decoded === '' ? undefined : new LineEnds();
    const text = this.#lineEnds === undefined ? decoded : this.#lineEnds.normal(decoded);
    if (this.#rows) return this.#rows.push(text);
    this.#begun += text;
    const layout = readLayout(this.#begun, isWhole);
    if (!layout) return;
    this.bodyFrom = this.markBytes + encodedBytes(this.#begun.slice(0, layout.bodyStart), this.encoding);
    const body = this.#begun.slice(layout.bodyStart);
    this.#rows = rowsOf(layout, layout.rowsBefore, this.#open({ ...layout, sample: body }));
    this.#rows.push(body);
    this.#begun = '';
  }
}

/** @param text without damaged characters, as a header is */
function encodedBytes(text: string, encoding: Encoding): number {
  if (encoding === 'utf-8') return Buffer.byteLength(text);
  return encoding === 'windows-1252' ? text.length : 2 * text.length;
}

function rowsOf({ form, header }: Pick<FileLayout, 'form' | 'header'>, row: number, sink: RowSink): Rows {
  return form.form === 'csv'
    ? new CsvRows({ delimiter: form.delimiter, columns: header.length, row }, sink)
    : new JsonRows({ columns: header, row }, sink);
}

/** Old Macintosh files end lines with a carriage return alone, which is known when the first of their text has no other end. */
class LineEnds {
  isOld: boolean | undefined;

  normal(text: string): string {
    if (this.isOld === undefined) {
      const first = text.search(/[\r\n]/);
      if (first < 0) return text;
      this.isOld = text[first] === '\r' && first + 1 < text.length && !text.includes('\n');
    }
    return this.isOld ? text.replaceAll('\r', '\n') : text;
  }
}
