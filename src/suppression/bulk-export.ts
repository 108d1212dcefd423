import { csvLine } from '../shared/csv-line.ts';
import { bulkColumns } from './bulk-row.ts';
import type { Suppression } from './ports.ts';

const pieceRows = 1_000;

/** The list as CSV, in pieces; an import takes the file as it is. */
export async function* exportSuppressions(
  entries: AsyncIterable<Suppression>,
  onProgress?: (rows: number) => void,
): AsyncGenerator<string> {
  let piece = csvLine(bulkColumns);
  let rows = 0;
  for await (const { number, reason, source, addedBy, addedAtMs } of entries) {
    piece += csvLine([number, reason, source, addedBy, new Date(addedAtMs).toISOString()]);
    rows += 1;
    if (rows % pieceRows !== 0) continue;
    yield piece;
    onProgress?.(rows);
    piece = '';
  }
  yield piece;
  onProgress?.(rows);
}
