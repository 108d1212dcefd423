import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { EpochMs } from '../../../../src/shared/clock.ts';
import { openDatabase, transaction } from '../shared/database.ts';
import { parseStoredDefinition, type ScheduleDefinition } from './definition.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS groups (name TEXT PRIMARY KEY, created_ms INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS schedules (
  group_name TEXT NOT NULL,
  name TEXT NOT NULL,
  definition TEXT NOT NULL,
  client_token TEXT,
  created_ms INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  next_ms INTEGER,
  PRIMARY KEY (group_name, name)
) STRICT;
CREATE INDEX IF NOT EXISTS schedules_by_next ON schedules (next_ms) WHERE next_ms IS NOT NULL;
CREATE TABLE IF NOT EXISTS deliveries (
  execution_id TEXT PRIMARY KEY,
  group_name TEXT NOT NULL,
  name TEXT NOT NULL,
  definition TEXT NOT NULL,
  scheduled_ms INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS deliveries_by_next ON deliveries (next_attempt_ms);
`;

const ScheduleRow = z.object({
  group_name: z.string(),
  name: z.string(),
  definition: z.string(),
  client_token: z.nullable(z.string()),
  created_ms: z.number(),
  modified_ms: z.number(),
  next_ms: z.nullable(z.number()),
});
const DeliveryRow = z.object({
  execution_id: z.string(),
  group_name: z.string(),
  name: z.string(),
  definition: z.string(),
  scheduled_ms: z.number(),
  created_ms: z.number(),
  attempts: z.number(),
  next_attempt_ms: z.number(),
});

export interface StoredSchedule {
  readonly groupName: string;
  readonly name: string;
  readonly definition: ScheduleDefinition;
  readonly clientToken: string | undefined;
  readonly createdMs: EpochMs;
  readonly modifiedMs: EpochMs;
  /** Undefined when it will not run again. */
  readonly nextMs: EpochMs | undefined;
}

/** One run of a schedule that is not yet delivered. */
export interface Delivery {
  readonly executionId: string;
  readonly groupName: string;
  readonly name: string;
  /** As it was when the run became due. */
  readonly definition: ScheduleDefinition;
  readonly scheduledMs: EpochMs;
  readonly createdMs: EpochMs;
  /** How often it was tried. */
  readonly attempts: number;
  readonly nextAttemptMs: EpochMs;
}

const toSchedule = (row: unknown): StoredSchedule => {
  const parsed = ScheduleRow.parse(row);
  return {
    groupName: parsed.group_name,
    name: parsed.name,
    definition: parseStoredDefinition(parsed.definition),
    clientToken: parsed.client_token ?? undefined,
    createdMs: parsed.created_ms,
    modifiedMs: parsed.modified_ms,
    nextMs: parsed.next_ms ?? undefined,
  };
};

const toDelivery = (row: unknown): Delivery => {
  const parsed = DeliveryRow.parse(row);
  return {
    executionId: parsed.execution_id,
    groupName: parsed.group_name,
    name: parsed.name,
    definition: parseStoredDefinition(parsed.definition),
    scheduledMs: parsed.scheduled_ms,
    createdMs: parsed.created_ms,
    attempts: parsed.attempts,
    nextAttemptMs: parsed.next_attempt_ms,
  };
};

const MinimumRow = z.object({ earliest: z.nullable(z.number()) });

/** Schedules, their groups, and the runs that wait to be delivered, in one SQLite file. */
export class ScheduleStore {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = openDatabase(file, SCHEMA);
  }

  transaction<T>(work: () => T): T {
    return transaction(this.#database, work);
  }

  close(): void {
    this.#database.close();
  }

  group(name: string): { readonly name: string; readonly createdMs: EpochMs } | undefined {
    const row = this.#database.prepare('SELECT name, created_ms FROM groups WHERE name = ?').get(name);
    return row === undefined
      ? undefined
      : { name, createdMs: z.object({ created_ms: z.number() }).parse(row).created_ms };
  }

  createGroup(name: string, nowMs: EpochMs): void {
    this.#database.prepare('INSERT OR IGNORE INTO groups (name, created_ms) VALUES (?, ?)').run(name, nowMs);
  }

  /** Deletes a group with its schedules. */
  deleteGroup(name: string): void {
    this.#database.prepare('DELETE FROM deliveries WHERE group_name = ?').run(name);
    this.#database.prepare('DELETE FROM schedules WHERE group_name = ?').run(name);
    this.#database.prepare('DELETE FROM groups WHERE name = ?').run(name);
  }

  find(groupName: string, name: string): StoredSchedule | undefined {
    const row = this.#database
      .prepare('SELECT * FROM schedules WHERE group_name = ? AND name = ?')
      .get(groupName, name);
    return row === undefined ? undefined : toSchedule(row);
  }

  /** By group and name, from just after the given place. */
  list(after: { readonly groupName: string; readonly name: string }, limit: number): readonly StoredSchedule[] {
    return this.#database
      .prepare('SELECT * FROM schedules WHERE (group_name, name) > (?, ?) ORDER BY group_name, name LIMIT ?')
      .all(after.groupName, after.name, limit)
      .map(toSchedule);
  }

  save(schedule: StoredSchedule): void {
    this.#database
      .prepare(
        'INSERT OR REPLACE INTO schedules (group_name, name, definition, client_token, created_ms, modified_ms, next_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(
        schedule.groupName,
        schedule.name,
        JSON.stringify(schedule.definition),
        schedule.clientToken ?? null,
        schedule.createdMs,
        schedule.modifiedMs,
        schedule.nextMs ?? null,
      );
  }

  setNext(groupName: string, name: string, nextMs: EpochMs | undefined): void {
    this.#database
      .prepare('UPDATE schedules SET next_ms = ? WHERE group_name = ? AND name = ?')
      .run(nextMs ?? null, groupName, name);
  }

  delete(groupName: string, name: string): void {
    this.#database.prepare('DELETE FROM schedules WHERE group_name = ? AND name = ?').run(groupName, name);
  }

  due(nowMs: EpochMs, limit: number): readonly StoredSchedule[] {
    return this.#database
      .prepare('SELECT * FROM schedules WHERE next_ms <= ? ORDER BY next_ms LIMIT ?')
      .all(nowMs, limit)
      .map(toSchedule);
  }

  addDelivery(delivery: Delivery): void {
    this.#database
      .prepare(
        'INSERT INTO deliveries (execution_id, group_name, name, definition, scheduled_ms, created_ms, attempts, next_attempt_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(
        delivery.executionId,
        delivery.groupName,
        delivery.name,
        JSON.stringify(delivery.definition),
        delivery.scheduledMs,
        delivery.createdMs,
        delivery.attempts,
        delivery.nextAttemptMs,
      );
  }

  /** Drops the runs of a schedule that wait for another try. */
  deleteDeliveriesOf(groupName: string, name: string): void {
    this.#database.prepare('DELETE FROM deliveries WHERE group_name = ? AND name = ?').run(groupName, name);
  }

  deleteDelivery(executionId: string): void {
    this.#database.prepare('DELETE FROM deliveries WHERE execution_id = ?').run(executionId);
  }

  postponeDelivery(executionId: string, attempts: number, nextAttemptMs: EpochMs): void {
    this.#database
      .prepare('UPDATE deliveries SET attempts = ?, next_attempt_ms = ? WHERE execution_id = ?')
      .run(attempts, nextAttemptMs, executionId);
  }

  /** Makes every waiting run due at once: after a crash, nobody holds them any more. */
  releaseDeliveries(nowMs: EpochMs): void {
    this.#database.prepare('UPDATE deliveries SET next_attempt_ms = MIN(next_attempt_ms, ?)').run(nowMs);
  }

  dueDeliveries(nowMs: EpochMs, limit: number): readonly Delivery[] {
    return this.#database
      .prepare('SELECT * FROM deliveries WHERE next_attempt_ms <= ? ORDER BY next_attempt_ms LIMIT ?')
      .all(nowMs, limit)
      .map(toDelivery);
  }

  /** When the earliest schedule or delivery is due. */
  nextDueMs(): EpochMs | undefined {
    const row = this.#database
      .prepare(
        'SELECT MIN(due) AS earliest FROM (SELECT MIN(next_ms) AS due FROM schedules UNION ALL SELECT MIN(next_attempt_ms) FROM deliveries)',
      )
      .get();
    return MinimumRow.parse(row).earliest ?? undefined;
  }
}
