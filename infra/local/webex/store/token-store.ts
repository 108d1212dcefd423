import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Row, textOrNull } from './columns.ts';

/** An access or a refresh token. All tokens of one sign-in share `grantId`. */
export interface TokenRecord {
  readonly token: string;
  readonly clientId: string;
  readonly orgId: string;
  /** Space-separated. */
  readonly scope: string;
  readonly grantId: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

/** A sign-in under way: first a page with a form, then a code that can be exchanged once. */
export interface SignIn {
  readonly id: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scope: string;
  readonly state: string | null;
  /** PKCE, S256. */
  readonly challenge: string | null;
  readonly orgId: string;
  readonly expiresAtMs: number;
}

type TokenKind = 'access' | 'refresh';

interface KindStatements {
  readonly insert: StatementSync;
  readonly find: StatementSync;
  readonly expire: StatementSync;
  readonly expireGrant: StatementSync;
  readonly expireAll: StatementSync;
  readonly prune: StatementSync;
}

const prepareKind = (database: DatabaseSync, table: string): KindStatements => ({
  insert: database.prepare(
    `INSERT INTO ${table} (token, client_id, org_id, scope, grant_id, issued_ms, expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (token) DO UPDATE SET expires_ms = excluded.expires_ms`,
  ),
  find: database.prepare(`SELECT * FROM ${table} WHERE token = ?`),
  expire: database.prepare(`UPDATE ${table} SET expires_ms = min(expires_ms, ?) WHERE token = ?`),
  expireGrant: database.prepare(`UPDATE ${table} SET expires_ms = min(expires_ms, ?) WHERE grant_id = ?`),
  expireAll: database.prepare(`UPDATE ${table} SET expires_ms = min(expires_ms, ?)`),
  prune: database.prepare(`DELETE FROM ${table} WHERE expires_ms < ?`),
});

/** Tokens and sign-ins. Whether one is still good is for the caller, who owns the clock. */
export class TokenStore {
  readonly #kinds: Readonly<Record<TokenKind, KindStatements>>;
  readonly #insertSignIn: StatementSync;
  readonly #takeSignIn: StatementSync;
  readonly #takeCode: StatementSync;
  readonly #pruneSignIns: StatementSync;

  constructor(database: DatabaseSync) {
    this.#kinds = { access: prepareKind(database, 'access_tokens'), refresh: prepareKind(database, 'refresh_tokens') };
    this.#insertSignIn = database.prepare(
      `INSERT INTO sign_ins (id, code, client_id, redirect_uri, scope, state, challenge, org_id, expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#takeSignIn = database.prepare('DELETE FROM sign_ins WHERE id = ? AND code IS NULL RETURNING *');
    this.#takeCode = database.prepare('DELETE FROM sign_ins WHERE code = ? RETURNING *');
    this.#pruneSignIns = database.prepare('DELETE FROM sign_ins WHERE expires_ms < ?');
  }

  /** Adds the token, or moves the expiry of one that is there. */
  put(kind: TokenKind, record: TokenRecord): void {
    this.#kinds[kind].insert.run(
      record.token,
      record.clientId,
      record.orgId,
      record.scope,
      record.grantId,
      record.issuedAtMs,
      record.expiresAtMs,
    );
  }

  find(kind: TokenKind, token: string): TokenRecord | undefined {
    const row = this.#kinds[kind].find.get(token);
    return (
      row && {
        token: String(row['token']),
        clientId: String(row['client_id']),
        orgId: String(row['org_id']),
        scope: String(row['scope']),
        grantId: String(row['grant_id']),
        issuedAtMs: Number(row['issued_ms']),
        expiresAtMs: Number(row['expires_ms']),
      }
    );
  }

  expire(kind: TokenKind, token: string, nowMs: number): void {
    this.#kinds[kind].expire.run(nowMs, token);
  }

  expireGrant(kind: TokenKind, grantId: string, nowMs: number): void {
    this.#kinds[kind].expireGrant.run(nowMs, grantId);
  }

  expireAll(kind: TokenKind, nowMs: number): void {
    this.#kinds[kind].expireAll.run(nowMs);
  }

  /** Forgets what has been dead since before `beforeMs`. */
  prune(beforeMs: number): void {
    this.#kinds.access.prune.run(beforeMs);
    this.#kinds.refresh.prune.run(beforeMs);
    this.#pruneSignIns.run(beforeMs);
  }

  addSignIn(signIn: SignIn, code: string | null): void {
    this.#insertSignIn.run(
      signIn.id,
      code,
      signIn.clientId,
      signIn.redirectUri,
      signIn.scope,
      signIn.state,
      signIn.challenge,
      signIn.orgId,
      signIn.expiresAtMs,
    );
  }

  /** Removes and answers it, so that a form counts once. */
  takeSignIn(id: string): SignIn | undefined {
    const row = this.#takeSignIn.get(id);
    return row && toSignIn(row);
  }

  /** Removes and answers it, so that a code counts once. */
  takeCode(code: string): SignIn | undefined {
    const row = this.#takeCode.get(code);
    return row && toSignIn(row);
  }
}

const toSignIn = (row: Row): SignIn => ({
  id: String(row['id']),
  clientId: String(row['client_id']),
  redirectUri: String(row['redirect_uri']),
  scope: String(row['scope']),
  state: textOrNull(row['state']),
  challenge: textOrNull(row['challenge']),
  orgId: String(row['org_id']),
  expiresAtMs: Number(row['expires_ms']),
});
