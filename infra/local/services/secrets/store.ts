import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { EpochMs } from '../../../../src/shared/clock.ts';
import { openDatabase, transaction } from '../shared/database.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS secrets (
  arn TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  description TEXT,
  created_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL,
  rotation_function TEXT,
  rotation_rules TEXT,
  rotation_enabled INTEGER NOT NULL DEFAULT 0,
  rotated_ms INTEGER,
  next_rotation_ms INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS versions (
  arn TEXT NOT NULL REFERENCES secrets(arn) ON UPDATE CASCADE ON DELETE CASCADE,
  version_id TEXT NOT NULL,
  secret_string TEXT,
  secret_binary TEXT,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (arn, version_id)
) STRICT;
CREATE TABLE IF NOT EXISTS stages (
  arn TEXT NOT NULL,
  stage TEXT NOT NULL,
  version_id TEXT NOT NULL,
  PRIMARY KEY (arn, stage),
  FOREIGN KEY (arn, version_id) REFERENCES versions(arn, version_id) ON UPDATE CASCADE ON DELETE CASCADE
) STRICT;
CREATE TABLE IF NOT EXISTS rotations (
  arn TEXT PRIMARY KEY REFERENCES secrets(arn) ON UPDATE CASCADE ON DELETE CASCADE,
  token TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_ms INTEGER,
  failure TEXT
) STRICT;
`;

/** Secrets Manager keeps about this many versions and drops the oldest that carry no label. */
const VERSIONS_MAX = 100;

const SecretRow = z.object({
  arn: z.string(),
  name: z.string(),
  description: z.nullable(z.string()),
  created_ms: z.number(),
  changed_ms: z.number(),
  rotation_function: z.nullable(z.string()),
  rotation_rules: z.nullable(z.string()),
  rotation_enabled: z.number(),
  rotated_ms: z.nullable(z.number()),
  next_rotation_ms: z.nullable(z.number()),
});
const VersionRow = z.object({
  version_id: z.string(),
  secret_string: z.nullable(z.string()),
  secret_binary: z.nullable(z.string()),
  created_ms: z.number(),
});
const StageRow = z.object({ stage: z.string(), version_id: z.string() });
const RotationRow = z.object({
  arn: z.string(),
  token: z.string(),
  attempts: z.number(),
  next_attempt_ms: z.nullable(z.number()),
  failure: z.nullable(z.string()),
});

export const RotationRulesSchema = z.object({
  AutomaticallyAfterDays: z.optional(z.int().min(1).max(1000)),
  ScheduleExpression: z.optional(z.string().min(1).max(256)),
  Duration: z.optional(z.string().regex(/^\d{1,2}h$/)),
});
export type RotationRules = z.infer<typeof RotationRulesSchema>;

export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly createdMs: EpochMs;
  readonly changedMs: EpochMs;
  readonly rotationEnabled: boolean;
  readonly rotationFunction: string | undefined;
  readonly rotationRules: RotationRules | undefined;
  readonly rotatedMs: EpochMs | undefined;
  readonly nextRotationMs: EpochMs | undefined;
}

/** A version that a rotation announced but has not yet filled has no value. */
export interface SecretValue {
  readonly secretString?: string;
  /** Base64. */
  readonly secretBinary?: string;
}

export interface Version {
  readonly versionId: string;
  readonly value: SecretValue | undefined;
  readonly createdMs: EpochMs;
  readonly stages: readonly string[];
}

/** A rotation that is not finished: it runs, or it failed and waits for its next attempt. */
export interface Rotation {
  readonly arn: string;
  readonly token: string;
  readonly attempts: number;
  /** Lies in the past while it runs, so that one that a crash cut off runs again; undefined: only a RotateSecret tries it again. */
  readonly nextAttemptMs: EpochMs | undefined;
  readonly failure: string | undefined;
}

const toSecret = (row: unknown): Secret => {
  const parsed = SecretRow.parse(row);
  return {
    arn: parsed.arn,
    name: parsed.name,
    description: parsed.description ?? undefined,
    createdMs: parsed.created_ms,
    changedMs: parsed.changed_ms,
    rotationEnabled: parsed.rotation_enabled === 1,
    rotationFunction: parsed.rotation_function ?? undefined,
    rotationRules:
      parsed.rotation_rules === null ? undefined : RotationRulesSchema.parse(JSON.parse(parsed.rotation_rules)),
    rotatedMs: parsed.rotated_ms ?? undefined,
    nextRotationMs: parsed.next_rotation_ms ?? undefined,
  };
};

const toRotation = (row: unknown): Rotation => {
  const parsed = RotationRow.parse(row);
  return {
    arn: parsed.arn,
    token: parsed.token,
    attempts: parsed.attempts,
    nextAttemptMs: parsed.next_attempt_ms ?? undefined,
    failure: parsed.failure ?? undefined,
  };
};

const toValue = (row: z.infer<typeof VersionRow>): SecretValue | undefined => {
  if (row.secret_string !== null) {
    return { secretString: row.secret_string };
  }
  return row.secret_binary === null ? undefined : { secretBinary: row.secret_binary };
};

/** The secrets, their versions and labels, and the rotations under way, in one SQLite file. */
export class SecretStore {
  readonly #database: DatabaseSync;
  readonly #arnPrefix: string;

  constructor(file: string, region: string, accountId: string) {
    this.#database = openDatabase(file, SCHEMA);
    this.#arnPrefix = `arn:aws:secretsmanager:${region}:${accountId}:secret:`;
  }

  transaction<T>(work: () => T): T {
    return transaction(this.#database, work);
  }

  close(): void {
    this.#database.close();
  }

  /** Creates a secret without a value; without an ARN it gets one with six random characters, as on AWS. */
  create(secret: {
    readonly name: string;
    readonly arn?: string;
    readonly description?: string | undefined;
    readonly nowMs: EpochMs;
  }): string {
    const suffix = randomBytes(16)
      .toString('base64')
      .replace(/[^A-Za-z0-9]/g, '')
      .slice(0, 6)
      .padEnd(6, '0');
    const arn = secret.arn ?? `${this.#arnPrefix}${secret.name}-${suffix}`;
    this.#database
      .prepare('INSERT INTO secrets (arn, name, description, created_ms, changed_ms) VALUES (?, ?, ?, ?, ?)')
      .run(arn, secret.name, secret.description ?? null, secret.nowMs, secret.nowMs);
    return arn;
  }

  /** Gives a secret another ARN, when its place in the template changed. */
  moveTo(arn: string, newArn: string): void {
    this.#database.prepare('UPDATE secrets SET arn = ? WHERE arn = ?').run(newArn, arn);
  }

  /** Finds a secret by its name, its ARN, or its ARN without the six random characters. */
  find(id: string): Secret | undefined {
    const row =
      this.#database.prepare('SELECT * FROM secrets WHERE arn = ?1 OR name = ?1').get(id) ??
      (id.startsWith(this.#arnPrefix)
        ? this.#database.prepare('SELECT * FROM secrets WHERE name = ?').get(id.slice(this.#arnPrefix.length))
        : undefined);
    return row === undefined ? undefined : toSecret(row);
  }

  version(arn: string, versionId: string): Version | undefined {
    return this.versions(arn).find((version) => version.versionId === versionId);
  }

  versionByStage(arn: string, stage: string): Version | undefined {
    return this.versions(arn).find((version) => version.stages.includes(stage));
  }

  /** Newest first. */
  versions(arn: string): readonly Version[] {
    const stages = this.#database
      .prepare('SELECT stage, version_id FROM stages WHERE arn = ? ORDER BY stage')
      .all(arn)
      .map((row) => StageRow.parse(row));
    return this.#database
      .prepare(
        'SELECT version_id, secret_string, secret_binary, created_ms FROM versions WHERE arn = ? ORDER BY created_ms DESC, rowid DESC',
      )
      .all(arn)
      .map((row) => {
        const version = VersionRow.parse(row);
        return {
          versionId: version.version_id,
          value: toValue(version),
          createdMs: version.created_ms,
          stages: stages.filter(({ version_id }) => version_id === version.version_id).map(({ stage }) => stage),
        };
      });
  }

  /** Adds a version, or fills one that has no value yet. */
  putVersion(arn: string, versionId: string, value: SecretValue | undefined, nowMs: EpochMs): void {
    this.#database
      .prepare(
        `INSERT INTO versions (arn, version_id, secret_string, secret_binary, created_ms) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (arn, version_id) DO UPDATE SET secret_string = excluded.secret_string, secret_binary = excluded.secret_binary`,
      )
      .run(arn, versionId, value?.secretString ?? null, value?.secretBinary ?? null, nowMs);
    this.#database.prepare('UPDATE secrets SET changed_ms = ? WHERE arn = ?').run(nowMs, arn);
    this.#database
      .prepare(
        `DELETE FROM versions WHERE arn = ?1 AND version_id NOT IN (SELECT version_id FROM stages WHERE arn = ?1)
         AND version_id NOT IN (SELECT version_id FROM versions WHERE arn = ?1 ORDER BY created_ms DESC, rowid DESC LIMIT ?2)`,
      )
      .run(arn, VERSIONS_MAX);
  }

  /** Puts a label on a version and takes it from any other; AWSCURRENT leaves AWSPREVIOUS behind where it was. */
  moveStage(arn: string, stage: string, versionId: string): void {
    const holder = this.versionByStage(arn, stage)?.versionId;
    if (stage === 'AWSCURRENT' && holder !== undefined && holder !== versionId) {
      this.#setStage(arn, 'AWSPREVIOUS', holder);
    }
    this.#setStage(arn, stage, versionId);
  }

  removeStage(arn: string, stage: string): void {
    this.#database.prepare('DELETE FROM stages WHERE arn = ? AND stage = ?').run(arn, stage);
  }

  configureRotation(
    arn: string,
    rotation: {
      readonly functionArn: string;
      readonly rules: RotationRules | undefined;
      readonly nextRotationMs: EpochMs | undefined;
    },
  ): void {
    this.#database
      .prepare(
        'UPDATE secrets SET rotation_enabled = 1, rotation_function = ?, rotation_rules = ?, next_rotation_ms = ? WHERE arn = ?',
      )
      .run(
        rotation.functionArn,
        rotation.rules === undefined ? null : JSON.stringify(rotation.rules),
        rotation.nextRotationMs ?? null,
        arn,
      );
  }

  disableRotation(arn: string): void {
    this.#database.prepare('UPDATE secrets SET rotation_enabled = 0, next_rotation_ms = NULL WHERE arn = ?').run(arn);
    this.#database.prepare('DELETE FROM rotations WHERE arn = ?').run(arn);
  }

  setNextRotation(arn: string, nextRotationMs: EpochMs | undefined): void {
    this.#database.prepare('UPDATE secrets SET next_rotation_ms = ? WHERE arn = ?').run(nextRotationMs ?? null, arn);
  }

  rotation(arn: string): Rotation | undefined {
    const row = this.#database.prepare('SELECT * FROM rotations WHERE arn = ?').get(arn);
    return row === undefined ? undefined : toRotation(row);
  }

  rotations(): readonly Rotation[] {
    return this.#database.prepare('SELECT * FROM rotations').all().map(toRotation);
  }

  saveRotation(rotation: Rotation): void {
    this.#database
      .prepare(
        'INSERT OR REPLACE INTO rotations (arn, token, attempts, next_attempt_ms, failure) VALUES (?, ?, ?, ?, ?)',
      )
      .run(rotation.arn, rotation.token, rotation.attempts, rotation.nextAttemptMs ?? null, rotation.failure ?? null);
  }

  finishRotation(arn: string, rotatedMs: EpochMs, nextRotationMs: EpochMs | undefined): void {
    this.#database.prepare('DELETE FROM rotations WHERE arn = ?').run(arn);
    this.#database
      .prepare('UPDATE secrets SET rotated_ms = ?, next_rotation_ms = ? WHERE arn = ?')
      .run(rotatedMs, nextRotationMs ?? null, arn);
  }

  /** Secrets whose rotation is due by the schedule and not already under way. */
  scheduledRotations(): readonly { readonly arn: string; readonly dueMs: EpochMs }[] {
    return this.#database
      .prepare(
        `SELECT arn, next_rotation_ms FROM secrets WHERE rotation_enabled = 1 AND next_rotation_ms IS NOT NULL
         AND arn NOT IN (SELECT arn FROM rotations)`,
      )
      .all()
      .map((row) => z.object({ arn: z.string(), next_rotation_ms: z.number() }).parse(row))
      .map((row) => ({ arn: row.arn, dueMs: row.next_rotation_ms }));
  }

  #setStage(arn: string, stage: string, versionId: string): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO stages (arn, stage, version_id) VALUES (?, ?, ?)')
      .run(arn, stage, versionId);
  }
}
