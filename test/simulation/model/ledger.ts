import { type Attempt, type Call, type CallRecord, isFinal } from '../../../src/calls/call.ts';
import type { BanList } from '../../../src/bans/ports.ts';
import type { Change } from '../../../src/calls/lifecycle.ts';
import type {
  AcceptWith,
  AcceptOutcome,
  AttemptLog,
  CommitOutcome,
  IdempotentRequest,
} from '../../../src/calls/ports.ts';
import type { Decision } from '../../../src/policy/types.ts';
import { slotKey } from '../../../src/slots/bookable.ts';
import type { Suppression } from '../../../src/suppression/ports.ts';

/** Everything in the table under one call. */
export interface CallRow {
  call: Call;
  /** What an index that lags still shows. */
  earlier: Call | undefined;
  changedAtMs: number;
  readonly attempts: Attempt[];
  readonly decisions: Decision[];
}

export interface LedgerWatcher {
  /** After each write of a call's item: what the table's stream and the rules see. */
  callWritten(row: CallRow, before: Call | undefined, change: Change | undefined): void;
  /** After each change of our own list: what its table's stream sees. */
  suppressionChanged?(change: 'added' | 'removed', entry: Suppression): void;
}

const keptMs = 62 * 86_400_000;
/** An outage makes hundreds of verdicts to wait; nobody asks the simulation for those between the first and the newest. */
const decisionsMax = 24;

function keep(decisions: Decision[], decision: Decision): void {
  decisions.push(decision);
  if (decisions.length > decisionsMax) decisions.splice(1, decisionsMax / 2);
}

const lockKey = (number: string, line: string): string => `${number}#${line}`;

/**
 * The tables as DynamoDB keeps them: what is one transaction there happens at one instant here, under the same
 * conditions as in `src/adapters/dynamodb`. What travels to and from them is the ports' part.
 */
export class Ledger {
  readonly rows = new Map<string, CallRow>();
  /** Rows that an index may still show as open. */
  readonly openRows = new Set<CallRow>();
  readonly locks = new Map<string, string>();
  readonly requests = new Map<string, IdempotentRequest & { callId: string }>();
  readonly attemptLogs = new Map<string, { attemptsMs: number[]; version: number }>();
  /** Places taken, by the slot's key. */
  readonly slots = new Map<string, number>();
  readonly suppressions = new Map<string, Suppression>();
  bans: BanList = { bans: [], version: 0 };
  readonly #watcher: LedgerWatcher;
  readonly #nowMs: () => number;

  constructor(watcher: LedgerWatcher, nowMs: () => number) {
    this.#watcher = watcher;
    this.#nowMs = nowMs;
  }

  accept(
    call: Call,
    decision: Decision,
    request: IdempotentRequest | undefined,
    { booking }: AcceptWith = {},
  ): AcceptOutcome {
    const lock = lockKey(call.number, call.line);
    const takesLock = !isFinal(call.status);
    const holder = takesLock ? this.locks.get(lock) : undefined;
    if (holder !== undefined) return { outcome: 'open', callId: holder };
    const earlier = request && this.requests.get(request.keySha256);
    if (earlier && earlier.expiresAtMs > call.requestedAtMs) return { outcome: 'key-used' };
    if (this.rows.has(call.id)) return { outcome: 'key-used' };
    if (booking && this.slotTaken(call.line, booking.fromMs) >= booking.capacity) return { outcome: 'slot-taken' };

    const row: CallRow = {
      call,
      earlier: undefined,
      changedAtMs: this.#nowMs(),
      attempts: [],
      decisions: [decision],
    };
    this.rows.set(call.id, row);
    if (takesLock) {
      this.locks.set(lock, call.id);
      this.openRows.add(row);
    }
    if (request) this.requests.set(request.keySha256, { ...request, callId: call.id });
    if (booking) this.#countPlace(call.line, booking.fromMs, 1);
    this.#watcher.callWritten(row, undefined, undefined);
    return { outcome: 'accepted' };
  }

  remember(request: IdempotentRequest, callId: string, nowMs: number): 'remembered' | 'key-used' {
    const earlier = this.requests.get(request.keySha256);
    if (earlier && earlier.expiresAtMs > nowMs) return 'key-used';
    this.requests.set(request.keySha256, { ...request, callId });
    return 'remembered';
  }

  commit(change: Change, attemptLog: AttemptLog | undefined): CommitOutcome {
    const row = this.rows.get(change.call.id);
    if (!row || row.call.version !== change.from.version || row.call.status !== change.from.status) return 'conflict';
    if (change.attempt) {
      const stored = row.attempts[change.attempt.next.ordinal - 1];
      if (stored?.status !== change.attempt.from) return 'conflict';
    }
    if (change.releasesLock) {
      const holder = this.locks.get(lockKey(change.call.number, change.call.line));
      if (holder !== undefined && holder !== change.call.id) return 'conflict';
    }
    if (change.unlessSuppressed && this.suppressions.has(change.call.number)) return 'suppressed';
    if (change.capCount && 'add' in change.capCount) {
      if (!attemptLog)
        throw new TypeError('A change that counts an attempt needs the attempt log that the verdict saw.');
      if (this.attemptLog(change.call.number).version !== attemptLog.version) return 'cap-moved';
    }
    const take = change.slots?.take;
    if (take && this.slotTaken(change.call.line, take.fromMs) >= take.capacity) return 'slot-taken';
    this.write(row, change);
    return 'committed';
  }

  /** Writes a change whatever the state is. Deliberate bugs come here directly; all else goes through `commit`. */
  write(row: CallRow, change: Change): void {
    const before = row.call;
    row.earlier = before;
    row.call = change.call;
    row.changedAtMs = this.#nowMs();
    if (change.attempt) row.attempts[change.attempt.next.ordinal - 1] = change.attempt.next;
    if (change.decision) keep(row.decisions, change.decision);
    if (change.releasesLock) this.locks.delete(lockKey(change.call.number, change.call.line));
    if (change.capCount) this.#count(change.call.number, change.capCount);
    const { take, giveBack } = change.slots ?? {};
    if (take) this.#countPlace(change.call.line, take.fromMs, 1);
    if (giveBack) this.#countPlace(change.call.line, giveBack.fromMs, -1);
    this.#watcher.callWritten(row, before, change);
  }

  suppress(entry: Suppression): { added: boolean; entry: Suppression } {
    const earlier = this.suppressions.get(entry.number);
    if (earlier) return { added: false, entry: earlier };
    this.suppressions.set(entry.number, entry);
    this.#watcher.suppressionChanged?.('added', entry);
    return { added: true, entry };
  }

  /** Takes a number off the list. */
  release(number: string): boolean {
    const entry = this.suppressions.get(number);
    if (!entry) return false;
    this.suppressions.delete(number);
    this.#watcher.suppressionChanged?.('removed', entry);
    return true;
  }

  changeBans(before: BanList, bans: BanList['bans']): 'written' | 'conflict' {
    if (this.bans.version !== before.version) return 'conflict';
    this.bans = { bans, version: before.version + 1 };
    return 'written';
  }

  attemptLog(number: string): AttemptLog {
    const log = this.attemptLogs.get(number);
    return { number, attemptsMs: log ? [...log.attemptsMs] : [], version: log?.version ?? 0 };
  }

  slotTaken(line: string, fromMs: number): number {
    return this.slots.get(slotKey(line, fromMs)) ?? 0;
  }

  get(callId: string): { call: Call; attempt?: Attempt } | undefined {
    const row = this.rows.get(callId);
    if (!row) return undefined;
    const attempt = row.attempts[row.call.attemptCount - 1];
    return { call: row.call, ...(attempt && { attempt }) };
  }

  record(callId: string): CallRecord | undefined {
    const row = this.rows.get(callId);
    return row && { call: row.call, attempts: [...row.attempts], decisions: [...row.decisions] };
  }

  openCallIds(number: string, lines: readonly string[]): string[] {
    return lines.flatMap((line) => this.locks.get(lockKey(number, line)) ?? []);
  }

  /** What the index by check time shows, which lags behind by up to `staleMs`. */
  due(atMs: number, limit: number, staleMs: number): string[] {
    const found: Call[] = [];
    for (const row of this.openRows) {
      const stale = row.earlier !== undefined && this.#nowMs() - row.changedAtMs < staleMs;
      const shown = stale && row.earlier ? row.earlier : row.call;
      if (shown.checkAtMs !== undefined && shown.checkAtMs <= atMs) found.push(shown);
      else if (!stale && isFinal(row.call.status)) this.openRows.delete(row);
    }
    found.sort((one, other) => (one.checkAtMs ?? 0) - (other.checkAtMs ?? 0));
    return found.slice(0, limit).map((call) => call.id);
  }

  findByNumber(number: string, limit: number, staleMs: number): Call[] {
    const shown: Call[] = [];
    for (const row of this.rows.values()) {
      if (row.call.number !== number) continue;
      const stale = this.#nowMs() - row.changedAtMs < staleMs;
      const call = stale ? row.earlier : row.call;
      if (call) shown.push(call);
    }
    return shown.sort((one, other) => other.requestedAtMs - one.requestedAtMs).slice(0, limit);
  }

  #countPlace(line: string, fromMs: number, places: 1 | -1): void {
    this.slots.set(slotKey(line, fromMs), (this.slots.get(slotKey(line, fromMs)) ?? (places === 1 ? 0 : 1)) + places);
  }

  #count(number: string, count: NonNullable<Change['capCount']>): void {
    const log = this.attemptLogs.get(number) ?? { attemptsMs: [], version: 0 };
    const attemptsMs =
      'add' in count
        ? [
            ...log.attemptsMs.filter((earlierMs) => earlierMs > count.add - keptMs && earlierMs !== count.add),
            count.add,
          ]
        : log.attemptsMs.filter((earlierMs) => earlierMs !== count.remove && earlierMs !== count.removeToo);
    attemptsMs.sort((one, other) => one - other);
    this.attemptLogs.set(number, { attemptsMs, version: log.version + 1 });
  }
}
