import type { Attempt, Call } from '../../../src/calls/call.ts';
import type { Change } from '../../../src/calls/lifecycle.ts';
import type { CallStore } from '../../../src/calls/ports.ts';
import type { Suppression, SuppressionStore } from '../../../src/suppression/ports.ts';

export const number = '+14155550132';
export const startMs = Date.UTC(2026, 10, 20, 18);

export const entryOf = (change: Partial<Suppression> = {}): Suppression => ({
  number,
  list: 'internal',
  reason: 'asked on the phone',
  source: 'operator',
  addedBy: 'operator:ada',
  addedAtMs: startMs,
  ...change,
});

export const callOf = (change: Partial<Call> = {}): Call => ({
  id: 'call-1',
  version: 1,
  status: 'waiting',
  kind: 'callback',
  purpose: 'requested',
  line: 'billing',
  number,
  requestedAtMs: startMs,
  dueAtMs: startMs,
  expiresAtMs: startMs + 3_600_000,
  attemptCount: 0,
  placedCount: 0,
  bases: [],
  customer: {},
  attributes: {},
  ...change,
});

/** A clock that only sleeping moves. */
export class SleepingClock {
  #nowMs = startMs;
  nowMs = (): number => this.#nowMs;
  sleep = async (durationMs: number): Promise<void> => {
    this.#nowMs += durationMs;
  };
}

type Ledger = Pick<CallStore, 'openCallIds' | 'get' | 'commit'>;

/** A ledger of calls in memory; `onGet` may change a call before it is read, as others do. */
export class MemoryCalls implements Ledger {
  readonly calls: Map<string, { call: Call; attempt?: Attempt }>;
  onGet: (callId: string, reads: number) => void = () => undefined;
  #reads = 0;

  constructor(...calls: { call: Call; attempt?: Attempt }[]) {
    this.calls = new Map(calls.map((held) => [held.call.id, held]));
  }

  openCallIds = async (): Promise<string[]> =>
    [...this.calls.values()].filter(({ call }) => call.endedAtMs === undefined).map(({ call }) => call.id);

  get = async (callId: string): Promise<{ call: Call; attempt?: Attempt } | undefined> => {
    this.onGet(callId, (this.#reads += 1));
    return this.calls.get(callId);
  };

  commit = async ({ from, call }: Change): Promise<'committed' | 'conflict'> => {
    const held = this.calls.get(call.id);
    if (held?.call.version !== from.version) return 'conflict';
    this.calls.set(call.id, { ...held, call });
    return 'committed';
  };
}

/** Our list in memory. */
export class MemorySuppressions implements SuppressionStore {
  readonly entries = new Map<string, Suppression>();

  constructor(...entries: Suppression[]) {
    for (const entry of entries) this.entries.set(entry.number, entry);
  }

  find = async (wanted: string): Promise<Suppression | undefined> => this.entries.get(wanted);

  add = async (entry: Suppression): Promise<{ added: boolean; entry: Suppression }> => {
    const earlier = this.entries.get(entry.number);
    if (!earlier) this.entries.set(entry.number, entry);
    return { added: !earlier, entry: earlier ?? entry };
  };

  remove = async (wanted: string): Promise<boolean> => this.entries.delete(wanted);
}
