import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Row, textOrNull } from './columns.ts';

export interface DncEntry {
  readonly list: string;
  readonly number: string;
  readonly source: string;
  readonly reason: string | null;
  readonly addedBy: string;
  readonly addedAtMs: number;
}

/** Entries of the do-not-call lists. */
export class DncStore {
  readonly #insert: StatementSync;
  readonly #find: StatementSync;
  readonly #remove: StatementSync;
  readonly #all: StatementSync;
  readonly #clear: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      'INSERT INTO dnc_entries (list, number, source, reason, added_by, added_ms) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#find = database.prepare('SELECT * FROM dnc_entries WHERE list = ? AND number = ?');
    this.#remove = database.prepare('DELETE FROM dnc_entries WHERE list = ? AND number = ?');
    this.#all = database.prepare('SELECT * FROM dnc_entries ORDER BY added_ms, list, number LIMIT ?');
    this.#clear = database.prepare('DELETE FROM dnc_entries');
  }

  /** @returns false where the number was listed already. */
  add(entry: DncEntry): boolean {
    return (
      this.#insert.run(entry.list, entry.number, entry.source, entry.reason, entry.addedBy, entry.addedAtMs).changes ===
      1
    );
  }

  find(list: string, number: string): DncEntry | undefined {
    const row = this.#find.get(list, number);
    return row && toEntry(row);
  }

  /** @returns whether there was an entry. */
  remove(list: string, number: string): boolean {
    return this.#remove.run(list, number).changes === 1;
  }

  list(limit: number): DncEntry[] {
    return this.#all.all(limit).map(toEntry);
  }

  clear(): void {
    this.#clear.run();
  }
}

const toEntry = (row: Row): DncEntry => ({
  list: String(row['list']),
  number: String(row['number']),
  source: String(row['source']),
  reason: textOrNull(row['reason']),
  addedBy: String(row['added_by']),
  addedAtMs: Number(row['added_ms']),
});
