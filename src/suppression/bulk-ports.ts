import type { Suppression } from './ports.ts';

/** Our own do-not-call list, for many entries at once. */
export interface SuppressionBulkStore {
  /** Adds what is not listed yet; an entry that is there already stays as it is. Any number of entries. */
  addMany(entries: readonly Suppression[]): Promise<{ readonly added: number; readonly already: number }>;
  /** Every entry, in no order. */
  all(): AsyncIterable<Suppression>;
}

/** How far an import came; enough to go on after a crash. */
export interface BulkCheckpoint {
  /** SHA-256 of the file: another file never goes on where this one stopped. */
  readonly fileSha256: string;
  readonly row: number;
  readonly added: number;
  readonly already: number;
  readonly rejected: number;
  /** Length of the reject report at this row. */
  readonly reportBytes: number;
}

export interface BulkCheckpoints {
  read(): Promise<BulkCheckpoint | undefined>;
  write(checkpoint: BulkCheckpoint): Promise<void>;
  clear(): Promise<void>;
}

/** The reject report: a CSV file that grows. */
export interface RejectReport {
  /** Cuts off what was written after a checkpoint, and begins with the header at 0. */
  truncate(bytes: number): Promise<void>;
  /** @returns the length of the report in bytes. */
  append(text: string): Promise<number>;
}
