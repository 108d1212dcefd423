import type { Attempt, Call } from '../../../src/calls/call.ts';
import type { DialFactsReader } from '../../../src/calls/ports.ts';
import type { TaskAnswer, TaskLookup, TaskRequest, TaskSighting } from '../../../src/calls/task-gateway.ts';
import type { Decision, DialFacts, ListFact } from '../../../src/policy/types.ts';
import { defineConfig } from '../../../src/settings/define-config.ts';
import { Ledger } from '../../simulation/model/ledger.ts';

export const startMs = Date.UTC(2026, 10, 23, 18);
export const minuteMs = 60_000;
export const hourMs = 3_600_000;

const line = { topic: 'Billing', entryPointId: '2b1c7a90-6f0e-4a39-8c55-0f6f3a7d1e01' };

export const settings = defineConfig({
  organization: { id: '7f2c1f6e-3d0b-4a55-9a3e-5d2f2c9b8a10', name: 'Example Energy' },
  webex: { region: 'us1', settleMinutes: 10 },
  lines: {
    billing: { ...line, origin: '+14155550100', attributes: { topic: 'billing' } },
    support: { ...line, whenAbsent: 'hand-over', retry: { by: 'webex' } },
  },
  countries: ['US'],
  consent: { current: '1', wordings: { '1': { en: 'I ask to be called at the number above.' } } },
  site: { origins: ['https://www.example.com'] },
  operators: { issuer: 'https://login.example.com', audience: 'ringback' },
});

export const sampleCall = (changed: Partial<Call> = {}): Call => ({
  id: 'call-1',
  version: 1,
  status: 'accepted',
  kind: 'callback',
  purpose: 'requested',
  line: 'billing',
  number: '+14155550132',
  requestedAtMs: startMs,
  dueAtMs: startMs,
  expiresAtMs: startMs + 72 * hourMs,
  checkAtMs: startMs + 90_000,
  attemptCount: 0,
  placedCount: 0,
  bases: [{ type: 'request', startMs }],
  customer: {},
  attributes: {},
  ...changed,
});

export const sampleAttempt = (changed: Partial<Attempt> = {}): Attempt => ({
  callId: 'call-1',
  ordinal: 1,
  id: 'call-1.1',
  status: 'claimed',
  claimedAtMs: startMs,
  ...changed,
});

type Verdict =
  | { readonly verdict: 'allow' }
  | { readonly verdict: 'defer'; readonly untilMs: number }
  | { readonly verdict: 'deny'; readonly because?: string };

export const sampleDecision = (facts: DialFacts, verdict: Verdict = { verdict: 'allow' }): Decision => ({
  ...verdict,
  atMs: facts.atMs,
  zones: [],
  jurisdictions: [],
  findings: [],
  tableVersion: 'test',
  facts,
});

export const sampleFacts = (atMs = startMs): DialFacts => ({
  number: '+14155550132',
  atMs,
  kind: 'callback',
  purpose: 'requested',
  bases: [],
  lists: [],
  attemptsMs: [],
  attemptsOfCall: 0,
  bans: [],
});

/** Everything that the use cases work with, in memory: the simulation's model of the tables, and answers on order. */
export class Bench {
  nowMs = startMs;
  /** What the policy says next; it sees the facts. */
  decide: (facts: DialFacts) => Verdict = () => ({ verdict: 'allow' });
  /** What Webex answers to a request for a task. */
  answer: (request: TaskRequest) => TaskAnswer | Promise<TaskAnswer> = () => ({ outcome: 'placed', taskId: 'task-1' });
  /** What Search shows. */
  sighting: (lookup: TaskLookup) => TaskSighting | undefined = () => undefined;
  lists: ListFact[] = [{ list: 'internal', state: 'clear' }];
  readonly requests: { readonly request: TaskRequest; readonly deadlineMs: number }[] = [];
  readonly queued: { readonly callId: string; readonly delaySeconds: number }[] = [];
  readonly timers = new Map<string, number>();
  readonly ledger = new Ledger({ callWritten: () => undefined }, () => this.nowMs);
  #ids = 0;

  readonly clock = {
    nowMs: () => this.nowMs,
    sleep: (durationMs: number) => {
      this.nowMs += durationMs;
      return Promise.resolve();
    },
  };

  readonly calls = {
    accept: async (...of: Parameters<Ledger['accept']>) => this.ledger.accept(...of),
    commit: async (change: Parameters<Ledger['commit']>[0], log?: Parameters<Ledger['commit']>[1]) =>
      this.ledger.commit(change, log),
    get: async (callId: string) => this.ledger.get(callId),
    record: async (callId: string) => this.ledger.record(callId),
    findByNumber: async (number: string, limit: number) => this.ledger.findByNumber(number, limit, 0),
    openCallIds: async (number: string, lines: readonly string[]) => this.ledger.openCallIds(number, lines),
    due: async (atMs: number, limit: number) => this.ledger.due(atMs, limit, 0),
  };

  readonly facts: DialFactsReader = {
    read: async (number, moment, call) => ({
      lists: this.lists,
      attemptLog: this.ledger.attemptLog(number),
      bans: [],
      ...(moment === 'request' && call?.slot && { slotTaken: this.ledger.slotTaken(call.line, call.slot.fromMs) }),
    }),
  };

  /** What each use case is given. */
  get deps() {
    return {
      calls: this.calls,
      facts: this.facts,
      idempotency: {
        find: async (keySha256: string) => this.ledger.requests.get(keySha256),
        remember: async (...of: Parameters<Ledger['remember']>) => this.ledger.remember(...of),
      },
      decide: (facts: DialFacts) => sampleDecision(facts, this.decide(facts)),
      tasks: {
        createTask: async (request: TaskRequest, deadlineMs: number) => {
          this.requests.push({ request, deadlineMs });
          return this.answer(request);
        },
        findTask: async (lookup: TaskLookup) => this.sighting(lookup),
      },
      queue: {
        send: async (callId: string, delaySeconds: number) => {
          this.queued.push({ callId, delaySeconds });
        },
      },
      timers: {
        set: async (callId: string, atMs: number) => {
          this.timers.set(callId, atMs);
        },
        clear: async (callId: string) => {
          this.timers.delete(callId);
        },
      },
      clock: this.clock,
      newId: () => {
        this.#ids += 1;
        return `call-${this.#ids}`;
      },
      settings,
    };
  }

  /** Puts a call into the ledger as if it had come this far. */
  put(changed: Partial<Call> = {}, attempts: readonly Attempt[] = []): Call {
    const call = sampleCall(changed);
    this.ledger.accept(
      sampleCall({ id: call.id, number: call.number, line: call.line }),
      sampleDecision(sampleFacts()),
      undefined,
    );
    const row = this.ledger.rows.get(call.id);
    if (!row) throw new Error('The sample call was not taken.');
    row.call = call;
    row.attempts.push(...attempts);
    return call;
  }

  call(callId = 'call-1'): Call {
    const found = this.ledger.get(callId);
    if (!found) throw new Error(`There is no ${callId}.`);
    return found.call;
  }

  attempts(callId = 'call-1'): readonly Attempt[] {
    return this.ledger.record(callId)?.attempts ?? [];
  }
}
