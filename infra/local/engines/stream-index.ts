import { DatabaseSync } from 'node:sqlite';

/**
 * dynoxide 1.2 keeps the records of all streams in one table without an index, and never removes one. It reads the whole
 * table for the number of the next record and for each look at a stream, so the cost of a write grows with every write before:
 * 10,000 writes to a table with a stream took 15 s of its time, the next 10,000 took 39 s. These are the expressions of its queries.
 */
const INDEXES = `
CREATE INDEX IF NOT EXISTS ringback_stream_number
  ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
CREATE INDEX IF NOT EXISTS ringback_stream_shard
  ON _stream_records (table_name, shard_id, CAST(sequence_number AS INTEGER));
CREATE INDEX IF NOT EXISTS ringback_stream_range
  ON _stream_records (table_name, shard_id, sequence_number);
`;

const COLUMNS = ['table_name', 'shard_id', 'sequence_number'];

/** The engine may be writing; it holds its lock for milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Gives the file of a running dynoxide the indexes that its streams lack. A version that keeps them otherwise is left alone.
 * @returns whether the indexes are there.
 */
export const indexStreams = (file: string): boolean => {
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    const columns = database.prepare(`SELECT name FROM pragma_table_info('_stream_records')`).all();
    const names = columns.map(({ name }) => name);
    if (!COLUMNS.every((column) => names.includes(column))) return false;
    database.exec(INDEXES);
    return true;
  } finally {
    database.close();
  }
};
