import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SimulatorStartError } from '../errors.ts';

const SCHEMA_VERSION = 1;

const SCHEMA = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE requests (
  idx INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, operation TEXT, method TEXT NOT NULL, path TEXT NOT NULL,
  query TEXT NOT NULL, headers TEXT NOT NULL, body TEXT NOT NULL, bearer TEXT, client_id TEXT, tracking_id TEXT NOT NULL,
  counted INTEGER NOT NULL DEFAULT 0, fault TEXT, processed_status INTEGER, status INTEGER, task_id TEXT) STRICT;
CREATE TABLE tasks (
  idx INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, created_ms INTEGER NOT NULL, number TEXT NOT NULL,
  entry_point_id TEXT NOT NULL, outbound_type TEXT NOT NULL, origin TEXT, attributes TEXT NOT NULL, body TEXT NOT NULL,
  bearer TEXT, client_id TEXT, request_idx INTEGER, scheduled_callback_id TEXT, outcome TEXT,
  connect_ms INTEGER, end_ms INTEGER) STRICT;
CREATE INDEX tasks_created ON tasks (created_ms);
CREATE INDEX tasks_number ON tasks (number);
CREATE TABLE task_variables (name TEXT NOT NULL, value TEXT NOT NULL, task_id TEXT NOT NULL) STRICT;
CREATE INDEX task_variables_value ON task_variables (name, value);
CREATE INDEX task_variables_task ON task_variables (task_id);
CREATE TABLE access_tokens (
  token TEXT PRIMARY KEY, client_id TEXT NOT NULL, org_id TEXT NOT NULL, scope TEXT NOT NULL, grant_id TEXT NOT NULL,
  issued_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL) STRICT;
CREATE TABLE refresh_tokens (
  token TEXT PRIMARY KEY, client_id TEXT NOT NULL, org_id TEXT NOT NULL, scope TEXT NOT NULL, grant_id TEXT NOT NULL,
  issued_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL) STRICT;
CREATE TABLE sign_ins (
  id TEXT PRIMARY KEY, code TEXT UNIQUE, client_id TEXT NOT NULL, redirect_uri TEXT NOT NULL, scope TEXT NOT NULL,
  state TEXT, challenge TEXT, org_id TEXT NOT NULL, expires_ms INTEGER NOT NULL) STRICT;
CREATE TABLE dnc_entries (
  list TEXT NOT NULL, number TEXT NOT NULL, source TEXT NOT NULL, reason TEXT, added_by TEXT NOT NULL,
  added_ms INTEGER NOT NULL, PRIMARY KEY (list, number)) STRICT;
CREATE TABLE scheduled_callbacks (
  id TEXT PRIMARY KEY, number TEXT NOT NULL, assignee TEXT, customer TEXT NOT NULL, start_ms INTEGER NOT NULL,
  assigned_ms INTEGER, started INTEGER NOT NULL DEFAULT 0, document TEXT NOT NULL) STRICT;
CREATE INDEX scheduled_callbacks_start ON scheduled_callbacks (started, start_ms);
CREATE TABLE contact_lists (
  id INTEGER PRIMARY KEY AUTOINCREMENT, campaign_id TEXT NOT NULL, channels TEXT NOT NULL, created_ms INTEGER NOT NULL,
  activate_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, expired_ms INTEGER) STRICT;
CREATE TABLE contacts (
  idx INTEGER PRIMARY KEY AUTOINCREMENT, list_id INTEGER NOT NULL, accepted_ms INTEGER NOT NULL, process_ms INTEGER NOT NULL,
  customer_id TEXT, account_id TEXT, phone TEXT, attributes TEXT NOT NULL, invalid TEXT, closed_ms INTEGER) STRICT;
CREATE INDEX contacts_list ON contacts (list_id, idx);
`;

/**
 * Opens the state file in `dataDir`, which this process then holds alone.
 * WAL with `synchronous=NORMAL` writes a commit to the file before it returns, so kill -9 loses nothing that was answered;
 * only a power cut could, and FULL's sync for each commit costs eight times as much (0.18 ms against 0.02 ms).
 * @throws {SimulatorStartError} where the folder or the file cannot be used.
 */
export function openDatabase(dataDir: string): DatabaseSync {
  const file = join(dataDir, 'webex.sqlite');
  let database: DatabaseSync | undefined;
  try {
    makeFolder(resolve(dataDir));
    database = new DatabaseSync(file);
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    migrate(database, file);
    return database;
  } catch (cause) {
    database?.close();
    if (cause instanceof SimulatorStartError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const advice = reason.includes('locked')
      ? 'another process uses it'
      : `choose a folder that can be written (${reason})`;
    throw new SimulatorStartError(`The Webex simulator cannot keep its state in ${file}: ${advice}.`, { cause });
  }
}

/** Level by level: Node's own recursive mkdir never returns where the kernel answers ENOENT for good, as under /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

function migrate(database: DatabaseSync, file: string): void {
  const version = database.prepare('PRAGMA user_version').get()?.['user_version'];
  if (version === SCHEMA_VERSION) return;
  if (version !== 0) {
    throw new SimulatorStartError(
      `${file} was written by another version of the Webex simulator; delete it or choose another folder.`,
    );
  }
  database.exec(`BEGIN; ${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT;`);
}

/** Runs `work` in one transaction, so that a request and what it changed are on disk together or not at all. */
export function createTransaction(database: DatabaseSync): <T>(work: () => T) => T {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');
  return (work) => {
    begin.run();
    try {
      const value = work();
      commit.run();
      return value;
    } catch (error) {
      rollback.run();
      throw error;
    }
  };
}
