import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { OutcomeSchema } from '../settings.ts';
import type { TaskPlan } from '../tasks/life.ts';
import { numberOrNull, type Row, textOrNull } from './columns.ts';

export interface TaskRecord {
  readonly index: number;
  readonly id: string;
  readonly createdAtMs: number;
  /** The destination as it was sent. */
  readonly number: string;
  readonly entryPointId: string;
  readonly outboundType: string;
  readonly origin: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  /** The whole body as it was sent. */
  readonly body: unknown;
  readonly bearerToken: string | null;
  readonly clientId: string | null;
  /** The entry of `GET /_requests` that created it; null for a scheduled callback whose time came. */
  readonly requestIndex: number | null;
  readonly scheduledCallbackId: string | null;
  readonly plan: TaskPlan;
}

export type NewTask = Omit<TaskRecord, 'index'>;

export interface TaskFilter {
  readonly since: number;
  readonly limit: number;
  /** The last entries that fit `limit`, not the first; in order all the same. */
  readonly tail: boolean;
  readonly number?: string;
}

/** The tasks that were created, with what Search can find them by. */
export class TaskStore {
  readonly #insert: StatementSync;
  readonly #insertVariable: StatementSync;
  readonly #variables: StatementSync;
  readonly #replan: StatementSync;
  readonly #byId: StatementSync;
  readonly #byVariable: StatementSync;
  readonly #list: StatementSync;
  readonly #tail: StatementSync;
  readonly #createdBetween: StatementSync;
  readonly #clear: readonly StatementSync[];

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      `INSERT INTO tasks (id, created_ms, number, entry_point_id, outbound_type, origin, attributes, body, bearer, client_id,
       request_idx, scheduled_callback_id, outcome, connect_ms, end_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#insertVariable = database.prepare('INSERT INTO task_variables (name, value, task_id) VALUES (?, ?, ?)');
    this.#variables = database.prepare('SELECT name, value FROM task_variables WHERE task_id = ?');
    this.#replan = database.prepare('UPDATE tasks SET outcome = ?, connect_ms = ?, end_ms = ? WHERE id = ?');
    this.#byId = database.prepare('SELECT * FROM tasks WHERE id = ?');
    this.#byVariable = database.prepare(
      'SELECT * FROM tasks WHERE id IN (SELECT task_id FROM task_variables WHERE name = ? AND value = ?) ORDER BY idx',
    );
    const selection = 'SELECT * FROM tasks WHERE idx > ?1 AND (?2 IS NULL OR number = ?2)';
    this.#list = database.prepare(`${selection} ORDER BY idx LIMIT ?3`);
    this.#tail = database.prepare(`${selection} ORDER BY idx DESC LIMIT ?3`);
    this.#createdBetween = database.prepare(
      'SELECT * FROM tasks WHERE created_ms >= ? AND created_ms <= ? ORDER BY created_ms, idx LIMIT ?',
    );
    this.#clear = [database.prepare('DELETE FROM tasks'), database.prepare('DELETE FROM task_variables')];
  }

  /** @param variables the attributes that are global variables of the organization. */
  add(task: NewTask, variables: Readonly<Record<string, string>>): void {
    const { plan } = task;
    this.#insert.run(
      task.id,
      task.createdAtMs,
      task.number,
      task.entryPointId,
      task.outboundType,
      task.origin,
      JSON.stringify(task.attributes),
      JSON.stringify(task.body),
      task.bearerToken,
      task.clientId,
      task.requestIndex,
      task.scheduledCallbackId,
      plan.outcome,
      plan.connectAtMs,
      plan.endAtMs,
    );
    for (const [name, value] of Object.entries(variables)) this.#insertVariable.run(name, value, task.id);
  }

  replan(id: string, plan: TaskPlan): void {
    this.#replan.run(plan.outcome, plan.connectAtMs, plan.endAtMs, id);
  }

  find(id: string): TaskRecord | undefined {
    const row = this.#byId.get(id);
    return row && toRecord(row);
  }

  withVariable(name: string, value: string): TaskRecord[] {
    return this.#byVariable.all(name, value).map(toRecord);
  }

  list(filter: TaskFilter): TaskRecord[] {
    const bindings = [filter.since, filter.number ?? null, filter.limit];
    const rows = filter.tail ? this.#tail.all(...bindings).toReversed() : this.#list.all(...bindings);
    return rows.map(toRecord);
  }

  /** By creation, both ends included. */
  createdBetween(fromMs: number, toMs: number, limit: number): TaskRecord[] {
    return this.#createdBetween.all(fromMs, toMs, limit).map(toRecord);
  }

  variablesOf(id: string): Record<string, string> {
    return Object.fromEntries(this.#variables.all(id).map((row) => [String(row['name']), String(row['value'])]));
  }

  clear(): void {
    for (const statement of this.#clear) statement.run();
  }
}

function toRecord(row: Row): TaskRecord {
  return {
    index: Number(row['idx']),
    id: String(row['id']),
    createdAtMs: Number(row['created_ms']),
    number: String(row['number']),
    entryPointId: String(row['entry_point_id']),
    outboundType: String(row['outbound_type']),
    origin: textOrNull(row['origin']),
    attributes: JSON.parse(String(row['attributes'])),
    body: JSON.parse(String(row['body'])),
    bearerToken: textOrNull(row['bearer']),
    clientId: textOrNull(row['client_id']),
    requestIndex: numberOrNull(row['request_idx']),
    scheduledCallbackId: textOrNull(row['scheduled_callback_id']),
    plan: {
      outcome: OutcomeSchema.nullable().parse(row['outcome']),
      connectAtMs: numberOrNull(row['connect_ms']),
      endAtMs: numberOrNull(row['end_ms']),
    },
  };
}
