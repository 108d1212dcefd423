import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type * as z from 'zod';
import { CallbackSchedule } from '../contract/scheduled-callbacks.ts';
import type { Row } from './columns.ts';

type Schedule = z.output<typeof CallbackSchedule>;

export interface ScheduledCallback {
  /** As the API answers it. */
  readonly schedule: Schedule;
  readonly startAtMs: number;
}

export interface CallbackFilter {
  readonly callbackNumber?: string;
  readonly assigneeAgent?: string;
  readonly sortBy: 'customerName' | 'scheduledTime' | 'assignedTime';
  readonly descending: boolean;
  readonly limit: number;
  readonly offset: number;
}

const SORT_COLUMNS = { customerName: 'customer', scheduledTime: 'start_ms', assignedTime: 'assigned_ms' } as const;

/** Callbacks that Webex is to place later. One whose time has come is marked `started` and is gone from the API. */
export class ScheduledCallbackStore {
  readonly #database: DatabaseSync;
  readonly #put: StatementSync;
  readonly #find: StatementSync;
  readonly #remove: StatementSync;
  readonly #nextStart: StatementSync;
  readonly #takeDue: StatementSync;
  readonly #all: StatementSync;
  readonly #clear: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#put = database.prepare(
      `INSERT INTO scheduled_callbacks (id, number, assignee, customer, start_ms, assigned_ms, document) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET number = excluded.number, assignee = excluded.assignee, customer = excluded.customer,
       start_ms = excluded.start_ms, assigned_ms = excluded.assigned_ms, document = excluded.document`,
    );
    this.#find = database.prepare('SELECT * FROM scheduled_callbacks WHERE id = ? AND started = 0');
    this.#remove = database.prepare('DELETE FROM scheduled_callbacks WHERE id = ? AND started = 0');
    this.#nextStart = database.prepare('SELECT min(start_ms) AS next FROM scheduled_callbacks WHERE started = 0');
    this.#takeDue = database.prepare(
      'UPDATE scheduled_callbacks SET started = 1 WHERE started = 0 AND start_ms <= ? RETURNING *',
    );
    this.#all = database.prepare('SELECT * FROM scheduled_callbacks WHERE started = 0 ORDER BY start_ms LIMIT ?');
    this.#clear = database.prepare('DELETE FROM scheduled_callbacks');
  }

  put({ schedule, startAtMs }: ScheduledCallback): void {
    this.#put.run(
      schedule.id,
      schedule.callbackNumber,
      schedule.assigneeAgent?.toLowerCase() ?? null,
      schedule.customerName,
      startAtMs,
      schedule.assignedTime ?? null,
      JSON.stringify(schedule),
    );
  }

  find(id: string): ScheduledCallback | undefined {
    const row = this.#find.get(id);
    return row && toCallback(row);
  }

  /** @returns whether there was one. */
  remove(id: string): boolean {
    return this.#remove.run(id).changes === 1;
  }

  list(filter: CallbackFilter): { readonly total: number; readonly page: ScheduledCallback[] } {
    const where = 'started = 0 AND (?1 IS NULL OR number = ?1) AND (?2 IS NULL OR assignee = ?2)';
    const bindings = [filter.callbackNumber ?? null, filter.assigneeAgent?.toLowerCase() ?? null];
    const count = this.#database
      .prepare(`SELECT count(*) AS total FROM scheduled_callbacks WHERE ${where}`)
      .get(...bindings);
    const order = `${SORT_COLUMNS[filter.sortBy]} ${filter.descending ? 'DESC' : 'ASC'}, id`;
    const rows = this.#database
      .prepare(`SELECT * FROM scheduled_callbacks WHERE ${where} ORDER BY ${order} LIMIT ?3 OFFSET ?4`)
      .all(...bindings, filter.limit, filter.offset);
    return { total: Number(count?.['total'] ?? 0), page: rows.map(toCallback) };
  }

  all(limit: number): ScheduledCallback[] {
    return this.#all.all(limit).map(toCallback);
  }

  /** When the next one is due; infinity where none waits. */
  nextStartMs(): number {
    const next = this.#nextStart.get()?.['next'];
    return typeof next === 'number' ? next : Number.POSITIVE_INFINITY;
  }

  /** Marks what is due by `nowMs` as started, and answers it. */
  takeDue(nowMs: number): ScheduledCallback[] {
    return this.#takeDue.all(nowMs).map(toCallback);
  }

  clear(): void {
    this.#clear.run();
  }
}

const toCallback = (row: Row): ScheduledCallback => ({
  schedule: CallbackSchedule.parse(JSON.parse(String(row['document']))),
  startAtMs: Number(row['start_ms']),
});
