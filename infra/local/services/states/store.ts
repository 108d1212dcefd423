import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { EpochMs } from '../../../../src/shared/clock.ts';
import { openDatabase } from '../shared/database.ts';
import type { StatesOutcome } from './interpreter.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS executions (
  arn TEXT PRIMARY KEY,
  machine_arn TEXT NOT NULL,
  name TEXT NOT NULL,
  input TEXT NOT NULL,
  status TEXT NOT NULL,
  outcome TEXT,
  started_ms INTEGER NOT NULL,
  stopped_ms INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS executions_running ON executions (status) WHERE status = 'RUNNING';
`;

const ExecutionRow = z.object({
  arn: z.string(),
  machine_arn: z.string(),
  name: z.string(),
  input: z.string(),
  status: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED']),
  outcome: z.nullable(z.string()),
  started_ms: z.number(),
  stopped_ms: z.nullable(z.number()),
});

export interface StoredExecution {
  readonly arn: string;
  readonly machineArn: string;
  readonly name: string;
  /** JSON, as it was given. */
  readonly input: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  readonly outcome?: StatesOutcome;
  readonly startedMs: EpochMs;
  readonly stoppedMs?: EpochMs;
}

const toExecution = (row: unknown): StoredExecution => {
  const { arn, machine_arn, name, input, status, outcome, started_ms, stopped_ms } = ExecutionRow.parse(row);
  return {
    arn,
    machineArn: machine_arn,
    name,
    input,
    status,
    startedMs: started_ms,
    ...(outcome !== null && { outcome: JSON.parse(outcome) as StatesOutcome }),
    ...(stopped_ms !== null && { stoppedMs: stopped_ms }),
  };
};

/** Executions, on disk: one that was running when the host was killed is still running. */
export class ExecutionStore {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = openDatabase(file, SCHEMA);
  }

  find(arn: string): StoredExecution | undefined {
    const row = this.#database.prepare('SELECT * FROM executions WHERE arn = ?').get(arn);
    return row === undefined ? undefined : toExecution(row);
  }

  running(): readonly StoredExecution[] {
    return this.#database.prepare("SELECT * FROM executions WHERE status = 'RUNNING'").all().map(toExecution);
  }

  add({ arn, machineArn, name, input, startedMs }: Omit<StoredExecution, 'status'>): void {
    this.#database
      .prepare(
        "INSERT INTO executions (arn, machine_arn, name, input, status, started_ms) VALUES (?, ?, ?, ?, 'RUNNING', ?)",
      )
      .run(arn, machineArn, name, input, startedMs);
  }

  end(arn: string, outcome: StatesOutcome, stoppedMs: EpochMs): void {
    this.#database
      .prepare('UPDATE executions SET status = ?, outcome = ?, stopped_ms = ? WHERE arn = ?')
      .run(outcome.status, JSON.stringify(outcome), stoppedMs, arn);
  }

  close(): void {
    this.#database.close();
  }
}
