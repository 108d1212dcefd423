import { CsvRows, type RowSink } from './csv-rows.ts';
import { TextDecoding } from './decode-text.ts';
import { type FileLayout, readLayout } from './file-layout.ts';
import { JsonRows } from './json-rows.ts';

export interface OpenedFile extends FileLayout {
  /** The first text of the rows, from which columns can be guessed. */
  readonly sample: string;
}

interface Rows {
  push(text: string): void;
  finish(): void;
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
  const decoding = new TextDecoding();
  let lineEnds: LineEnds | undefined;
  let begun = '';
  let rows: Rows | undefined;
  let bytes = 0;
  const take = (decoded: string, isWhole: boolean): void => {
    lineEnds ??= decoded === '' ? undefined : new LineEnds();
    const text = lineEnds === undefined ? decoded : lineEnds.normal(decoded);
    if (rows) return rows.push(text);
    begun += text;
    const layout = readLayout(begun, isWhole);
    if (!layout) return;
    rows = rowsOf(layout, open({ ...layout, sample: begun.slice(layout.bodyStart) }));
    rows.push(begun.slice(layout.bodyStart));
    begun = '';
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.byteLength; at += pieceBytes) {
      const piece = chunk.subarray(at, at + pieceBytes);
      bytes += piece.byteLength;
      take(decoding.push(piece), false);
      yield { bytes, encoding: decoding.encoding };
    }
  }
  take(decoding.finish(), true);
  rows?.finish();
  yield { bytes, encoding: decoding.encoding };
}

function rowsOf({ form, header, rowsBefore }: FileLayout, sink: RowSink): Rows {
  return form.form === 'csv'
    ? new CsvRows({ delimiter: form.delimiter, columns: header.length, row: rowsBefore }, sink)
    : new JsonRows({ columns: header, row: rowsBefore }, sink);
}

/** Old Macintosh files end lines with a carriage return alone, which is known when the first of their text has no other end. */
class LineEnds {
  #isOld: boolean | undefined;

  normal(text: string): string {
    if (this.#isOld === undefined) {
      const first = text.search(/[\r\n]/);
      if (first < 0) return text;
      this.#isOld = text[first] === '\r' && first + 1 < text.length && !text.includes('\n');
    }
    return this.#isOld ? text.replaceAll('\r', '\n') : text;
  }
}
