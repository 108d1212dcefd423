import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { EpochMs } from '../../../../src/shared/clock.ts';
import { transaction } from '../shared/database.ts';

export const deliverySchema = `
CREATE TABLE IF NOT EXISTS deliveries (
  id TEXT NOT NULL,
  rule TEXT NOT NULL,
  event TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_ms INTEGER NOT NULL,
  PRIMARY KEY (id, rule)
) STRICT;
CREATE INDEX IF NOT EXISTS deliveries_by_next ON deliveries (next_attempt_ms);
`;

const DeliverySchema = z.object({
  id: z.string(),
  rule: z.string(),
  /** JSON. */
  event: z.string(),
  created_ms: z.number(),
  attempts: z.number(),
});
/** An event that the targets of a rule have not taken yet. */
export type Delivery = z.infer<typeof DeliverySchema>;

const EarliestSchema = z.object({ earliest: z.nullable(z.number()) });

/** The events that wait for the targets of their rules. */
export class DeliveryStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** All of what `work` adds, or none when it throws. */
  transaction<T>(work: () => T): T {
    return transaction(this.#database, work);
  }

  add(delivery: { readonly id: string; readonly rule: string; readonly event: unknown }, nowMs: EpochMs): void {
    this.#database
      .prepare(
        'INSERT INTO deliveries (id, rule, event, created_ms, attempts, next_attempt_ms) VALUES (?, ?, ?, ?, 0, ?)',
      )
      .run(delivery.id, delivery.rule, JSON.stringify(delivery.event), nowMs, nowMs);
  }

  takeDue(nowMs: EpochMs, limit: number, leaseUntilMs: EpochMs): readonly Delivery[] {
    const due = this.#database
      .prepare('SELECT * FROM deliveries WHERE next_attempt_ms <= ? ORDER BY next_attempt_ms LIMIT ?')
      .all(nowMs, limit)
      .map((row) => DeliverySchema.parse(row));
    for (const delivery of due) this.postpone(delivery, delivery.attempts, leaseUntilMs);
    return due;
  }

  postpone({ id, rule }: Delivery, attempts: number, nextAttemptMs: EpochMs): void {
    this.#database
      .prepare('UPDATE deliveries SET attempts = ?, next_attempt_ms = ? WHERE id = ? AND rule = ?')
      .run(attempts, nextAttemptMs, id, rule);
  }

  remove({ id, rule }: Delivery): void {
    this.#database.prepare('DELETE FROM deliveries WHERE id = ? AND rule = ?').run(id, rule);
  }

  /** After a crash nobody holds the events that were being delivered. */
  release(nowMs: EpochMs): void {
    this.#database.prepare('UPDATE deliveries SET next_attempt_ms = MIN(next_attempt_ms, ?)').run(nowMs);
  }

  nextDueMs(): EpochMs | undefined {
    const row = this.#database.prepare('SELECT MIN(next_attempt_ms) AS earliest FROM deliveries').get();
    return EarliestSchema.parse(row).earliest ?? undefined;
  }

  close(): void {
    this.#database.close();
  }
}
