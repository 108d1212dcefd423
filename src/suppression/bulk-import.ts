import { csvLine } from '../shared/csv-line.ts';
import { type BulkParseSettings, type BulkPiece, parseSuppressions } from './bulk-parse.ts';
import type { BulkCheckpoint, BulkCheckpoints, RejectReport, SuppressionBulkStore } from './bulk-ports.ts';
import { type BulkDefaults, type Reject, rejectWords } from './bulk-row.ts';
import type { Suppression } from './ports.ts';

export interface BulkImportDeps {
  readonly store: SuppressionBulkStore;
  readonly checkpoints: BulkCheckpoints;
  readonly report: RejectReport;
  readonly onProgress?: (progress: BulkProgress) => void;
  /** Told what is listed now, so that what waits for these numbers can be cancelled. May be told twice, after a crash. */
  readonly onListed?: (entries: readonly Suppression[]) => Promise<void>;
  readonly settings?: BulkParseSettings;
}

export interface BulkProgress {
  readonly row: number;
  readonly added: number;
  readonly already: number;
  readonly rejected: number;
}

export interface BulkImportCommand {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Names the content, so that a crashed import of the same file goes on and another file begins at its top. */
  readonly fileSha256: string;
  readonly defaults: BulkDefaults;
}

const reportHeader = csvLine(['row', 'value', 'code', 'explanation']);

/** One line of the reject report. */
export const rejectLine = ({ row, value, code }: Reject): string => csvLine([row, value, code, rejectWords[code]]);

/**
 * Adds the entries of a file to our own list. Goes on behind the last checkpoint of the same file; the rows since then run
 * again, which changes nothing, because an entry that is there stays.
 * @throws BulkFileError for a file that cannot be read as a whole.
 */
export async function importSuppressions(deps: BulkImportDeps, command: BulkImportCommand): Promise<BulkProgress> {
  let state = await beginning(deps, command.fileSha256);
  for await (const piece of parseSuppressions(command.chunks, command.defaults, deps.settings)) {
    if (piece.row <= state.row) continue;
    state = await takePiece(deps, piece, state);
    await deps.checkpoints.write(state);
    deps.onProgress?.(progressOf(state));
  }
  await deps.checkpoints.clear();
  return progressOf(state);
}

async function beginning(deps: BulkImportDeps, fileSha256: string): Promise<BulkCheckpoint> {
  const left = await deps.checkpoints.read();
  if (left?.fileSha256 === fileSha256) {
    await deps.report.truncate(left.reportBytes);
    return left;
  }
  await deps.report.truncate(0);
  const reportBytes = await deps.report.append(reportHeader);
  return { fileSha256, row: 0, added: 0, already: 0, rejected: 0, reportBytes };
}

async function takePiece(deps: BulkImportDeps, piece: BulkPiece, state: BulkCheckpoint): Promise<BulkCheckpoint> {
  const { added, already } = await deps.store.addMany(piece.entries);
  await deps.onListed?.(piece.entries);
  const lines = piece.rejects.map(rejectLine).join('');
  const reportBytes = lines === '' ? state.reportBytes : await deps.report.append(lines);
  return {
    ...state,
    row: piece.row,
    added: state.added + added,
    already: state.already + already,
    rejected: state.rejected + piece.rejects.length,
    reportBytes,
  };
}

const progressOf = ({ row, added, already, rejected }: BulkCheckpoint): BulkProgress => ({
  row,
  added,
  already,
  rejected,
});
