import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { numberOrNull, type Row, textOrNull } from './columns.ts';

/** A body is kept up to this many characters. */
const BODY_CHARACTERS_MAX = 65_536;
/** The oldest entries go once there are this many, and some more so that it does not happen on every request. */
const ENTRIES_MAX = 200_000;
const PRUNE_EVERY = 10_000;

export interface Arrival {
  readonly atMs: number;
  readonly operation: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyText: string;
  readonly bearerToken: string | undefined;
  readonly trackingId: string;
}

/** What became of a request. A status is absent where no answer was sent or nothing was processed. */
export interface Settlement {
  readonly clientId?: string;
  readonly counted?: boolean;
  readonly fault?: string;
  readonly processedStatus?: number;
  readonly status?: number;
  readonly taskId?: string;
}

/** An entry of `GET /_requests`. */
export interface RequestEntry {
  readonly index: number;
  readonly receivedAtMs: number;
  /** Null where the request addressed no operation. */
  readonly operation: string | null;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** All but `authorization`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON, the fields of a form, the text of anything else, or null for no body. */
  readonly body: unknown;
  readonly bearerToken: string | null;
  readonly clientId: string | null;
  readonly trackingId: string;
  /** Whether it counted against the client's requests a minute. */
  readonly counted: boolean;
  /** The effect of the fault rule that fired, or null. */
  readonly fault: string | null;
  /** What processing came to, whatever was answered; null where it was not processed. */
  readonly processedStatus: number | null;
  /** What was answered; null where no answer was sent. */
  readonly status: number | null;
  readonly taskId: string | null;
}

export interface RequestFilter {
  readonly since: number;
  readonly limit: number;
  /** The last entries that fit `limit`, not the first; in order all the same. */
  readonly tail: boolean;
  readonly operation?: string;
  readonly status?: number;
}

/** Every request to a Webex operation, in the order of arrival. */
export class RequestLog {
  readonly #insert: StatementSync;
  readonly #settle: StatementSync;
  readonly #list: StatementSync;
  readonly #tail: StatementSync;
  readonly #newestFirst: StatementSync;
  readonly #prune: StatementSync;
  readonly #clear: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      `INSERT INTO requests (at_ms, operation, method, path, query, headers, body, bearer, tracking_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#settle = database.prepare(
      `UPDATE requests SET client_id = coalesce(?, client_id), counted = max(counted, ?), fault = coalesce(?, fault),
       processed_status = coalesce(?, processed_status), status = coalesce(?, status), task_id = coalesce(?, task_id) WHERE idx = ?`,
    );
    const selection =
      'SELECT * FROM requests WHERE idx > ?1 AND (?2 IS NULL OR operation = ?2) AND (?3 IS NULL OR status = ?3)';
    this.#list = database.prepare(`${selection} ORDER BY idx LIMIT ?4`);
    this.#tail = database.prepare(`${selection} ORDER BY idx DESC LIMIT ?4`);
    this.#newestFirst = database.prepare('SELECT client_id, at_ms, counted FROM requests ORDER BY idx DESC');
    this.#prune = database.prepare('DELETE FROM requests WHERE idx <= ?');
    this.#clear = database.prepare('DELETE FROM requests');
  }

  /** @returns the index of the entry. */
  arrive(arrival: Arrival): number {
    const { lastInsertRowid } = this.#insert.run(
      arrival.atMs,
      arrival.operation ?? null,
      arrival.method,
      arrival.path,
      JSON.stringify(arrival.query),
      JSON.stringify(arrival.headers),
      arrival.bodyText.slice(0, BODY_CHARACTERS_MAX),
      arrival.bearerToken ?? null,
      arrival.trackingId,
    );
    const index = Number(lastInsertRowid);
    if (index % PRUNE_EVERY === 0) this.#prune.run(index - ENTRIES_MAX);
    return index;
  }

  settle(index: number, settlement: Settlement): void {
    this.#settle.run(
      settlement.clientId ?? null,
      settlement.counted ? 1 : 0,
      settlement.fault ?? null,
      settlement.processedStatus ?? null,
      settlement.status ?? null,
      settlement.taskId ?? null,
      index,
    );
  }

  list(filter: RequestFilter): RequestEntry[] {
    const bindings = [filter.since, filter.operation ?? null, filter.status ?? null, filter.limit];
    const rows = filter.tail ? this.#tail.all(...bindings).toReversed() : this.#list.all(...bindings);
    return rows.map(toEntry);
  }

  /** Instants of the counted requests after `sinceMs`, by client, oldest first. */
  countedSince(sinceMs: number): Map<string, number[]> {
    const byClient = new Map<string, number[]>();
    for (const row of this.#newestFirst.iterate()) {
      if (Number(row['at_ms']) <= sinceMs) break;
      if (row['counted'] !== 1 || row['client_id'] === null) continue;
      const clientId = String(row['client_id']);
      const instants = byClient.get(clientId) ?? [];
      instants.push(Number(row['at_ms']));
      byClient.set(clientId, instants);
    }
    for (const instants of byClient.values()) instants.reverse();
    return byClient;
  }

  clear(): void {
    this.#clear.run();
  }
}

function toEntry(row: Row): RequestEntry {
  const headers: Record<string, string> = JSON.parse(String(row['headers']));
  return {
    index: Number(row['idx']),
    receivedAtMs: Number(row['at_ms']),
    operation: textOrNull(row['operation']),
    method: String(row['method']),
    path: String(row['path']),
    query: JSON.parse(String(row['query'])),
    headers,
    body: readableBody(String(row['body']), headers['content-type'] ?? ''),
    bearerToken: textOrNull(row['bearer']),
    clientId: textOrNull(row['client_id']),
    trackingId: String(row['tracking_id']),
    counted: row['counted'] === 1,
    fault: textOrNull(row['fault']),
    processedStatus: numberOrNull(row['processed_status']),
    status: numberOrNull(row['status']),
    taskId: textOrNull(row['task_id']),
  };
}

function readableBody(text: string, contentType: string): unknown {
  if (text === '') return null;
  if (contentType.startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
