import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Small JSON documents by key: settings that were changed over HTTP, and the fault rules. */
export class MetaStore {
  readonly #read: StatementSync;
  readonly #write: StatementSync;
  readonly #remove: StatementSync;

  constructor(database: DatabaseSync) {
    this.#read = database.prepare('SELECT value FROM meta WHERE key = ?');
    this.#write = database.prepare(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    );
    this.#remove = database.prepare('DELETE FROM meta WHERE key = ?');
  }

  read(key: string): unknown {
    const row = this.#read.get(key);
    return row ? JSON.parse(String(row['value'])) : undefined;
  }

  write(key: string, value: unknown): void {
    this.#write.run(key, JSON.stringify(value));
  }

  remove(key: string): void {
    this.#remove.run(key);
  }
}
