import type { Clock } from '../../shared/clock.ts';
import { sha256 } from '../../shared/digest.ts';
import { fail, ok } from '../../shared/result.ts';
import type { ContactAdder, ContactRequest } from '../ports.ts';
import { batchAt, closedAtMs, uploadOfBatch } from './batch.ts';
import type { BatchQueue, BatchStore } from './ports.ts';
import type { RowChecks } from './row-checks.ts';

export interface BatchedContactsDeps {
  readonly store: Pick<BatchStore, 'add'>;
  readonly queue: BatchQueue;
  readonly checks: Pick<RowChecks, 'row' | 'problemsOf'>;
  /** Of the stack: what a contact's dates are compared with. */
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Of the world, which queues keep to as well. */
  readonly worldClock: Pick<Clock, 'nowMs'>;
}

/**
 * Gathers the contacts of a source for a while, so that many become one upload and one list in Webex. The message that has
 * the batch uploaded goes out before the contact is written: a contact on record is never without it, and one that comes for
 * an empty batch does nothing.
 */
export class BatchedContacts implements ContactAdder {
  readonly #deps: BatchedContactsDeps;
  /** The last upload that this process has sent a message for, by campaign and source. */
  readonly #called = new Map<string, string>();

  constructor(deps: BatchedContactsDeps) {
    this.#deps = deps;
  }

  async add(request: ContactRequest): ReturnType<ContactAdder['add']> {
    const { store, checks, clock, worldClock } = this.#deps;
    const { campaign, source, seconds, phone, columns, key, keptMs } = request;
    const row = checks.row(campaign, phone, columns);
    const errors = checks.problemsOf(campaign, row, clock.nowMs());
    if (errors.length > 0) return fail({ code: 'invalid-request', errors });
    const nowMs = worldClock.nowMs();
    const batch = batchAt(nowMs, { campaign, source, seconds });
    const uploadId = uploadOfBatch(batch);
    const which = `${campaign}\n${source}`;
    if (this.#called.get(which) !== uploadId) {
      await this.#deps.queue.send(batch, Math.ceil((closedAtMs(batch) - nowMs) / 1_000));
      this.#called.set(which, uploadId);
    }
    const mark = {
      keySha256: sha256(key),
      requestSha256: sha256(JSON.stringify([campaign, row])),
      knownUntilMs: nowMs + keptMs,
    };
    const added = await store.add(batch, row, mark);
    if (added === 'added') return ok({ uploadId });
    if (added.requestSha256 !== mark.requestSha256) return fail({ code: 'idempotency-key-reused' });
    return ok({ uploadId: added.uploadId });
  }
}
