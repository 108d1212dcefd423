import type { Attempt, Call, CallRecord } from '../../src/calls/call.ts';
import { isFinal } from '../../src/calls/call.ts';
import type { Change } from '../../src/calls/lifecycle.ts';
import type {
  AcceptOutcome,
  CallStore,
  CommitOutcome,
  IdempotencyRecords,
  IdempotentRequest,
} from '../../src/calls/ports.ts';
import type { Decision } from '../../src/policy/types.ts';
import type { SlotBooking, SlotCounts } from '../../src/slots/ports.ts';

/** The ledger in memory, for tests of what stands before it. */
export class InMemoryCalls implements CallStore, IdempotencyRecords, SlotCounts {
  readonly #calls = new Map<string, { call: Call; attempt?: Attempt; decisions: Decision[] }>();
  readonly #requests = new Map<string, IdempotentRequest & { readonly callId: string }>();

  get all(): readonly Call[] {
    return [...this.#calls.values()].map(({ call }) => call);
  }

  accept(call: Call, decision: Decision, request?: IdempotentRequest, booking?: SlotBooking): Promise<AcceptOutcome> {
    const open = this.all.find(
      ({ number, line, status }) => number === call.number && line === call.line && !isFinal(status),
    );
    if (open && !isFinal(call.status)) return Promise.resolve({ outcome: 'open', callId: open.id });
    if (booking && this.taken(call.line, booking.fromMs) >= booking.capacity)
      return Promise.resolve({ outcome: 'slot-taken' });
    this.#calls.set(call.id, { call, decisions: [decision] });
    if (request) this.#requests.set(request.keySha256, { ...request, callId: call.id });
    return Promise.resolve({ outcome: 'accepted' });
  }

  commit({ from, call, decision, slots }: Change): Promise<CommitOutcome> {
    const found = this.#calls.get(call.id);
    if (found?.call.version !== from.version) return Promise.resolve('conflict');
    const take = slots?.take;
    if (take && this.taken(call.line, take.fromMs) >= take.capacity) return Promise.resolve('slot-taken');
    this.#calls.set(call.id, { ...found, call, decisions: [...found.decisions, ...(decision ? [decision] : [])] });
    return Promise.resolve('committed');
  }

  get(callId: string): Promise<{ readonly call: Call } | undefined> {
    const found = this.#calls.get(callId);
    return Promise.resolve(found && { call: found.call });
  }

  record(callId: string): Promise<CallRecord | undefined> {
    const found = this.#calls.get(callId);
    return Promise.resolve(found && { call: found.call, attempts: [], decisions: found.decisions });
  }

  findByNumber(number: string, limit: number): Promise<readonly Call[]> {
    return Promise.resolve(this.all.filter((call) => call.number === number).slice(0, limit));
  }

  openCallIds(number: string, lines: readonly string[]): Promise<readonly string[]> {
    const open = this.all.filter(
      (call) => call.number === number && lines.includes(call.line) && !isFinal(call.status),
    );
    return Promise.resolve(open.map(({ id }) => id));
  }

  due(atMs: number, limit: number): Promise<readonly string[]> {
    const due = this.all.filter(({ checkAtMs }) => checkAtMs !== undefined && checkAtMs <= atMs);
    return Promise.resolve(due.slice(0, limit).map(({ id }) => id));
  }

  find(keySha256: string): Promise<(IdempotentRequest & { readonly callId: string }) | undefined> {
    return Promise.resolve(this.#requests.get(keySha256));
  }

  remember(request: IdempotentRequest, callId: string): Promise<'remembered' | 'key-used'> {
    if (this.#requests.has(request.keySha256)) return Promise.resolve('key-used');
    this.#requests.set(request.keySha256, { ...request, callId });
    return Promise.resolve('remembered');
  }

  /** Calls that have a place in a slot. */
  taken(line: string, fromMs: number): number {
    return this.all.filter((call) => call.line === line && call.slot?.fromMs === fromMs).length;
  }

  read(line: string, startsMs: readonly number[]): Promise<ReadonlyMap<number, number>> {
    return Promise.resolve(new Map(startsMs.map((fromMs) => [fromMs, this.taken(line, fromMs)])));
  }

  /** Sets a call's state as the dispatch would have left it. */
  put(call: Call): void {
    this.#calls.set(call.id, { call, decisions: [] });
  }
}
