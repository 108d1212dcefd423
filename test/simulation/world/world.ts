import { dispatchCall } from '../../../src/calls/dispatch-call.ts';
import { reconcileCalls } from '../../../src/calls/reconcile-calls.ts';
import { recordOutcome } from '../../../src/calls/record-outcome.ts';
import { timeCall } from '../../../src/calls/time-call.ts';
import type { Decision, DialFacts } from '../../../src/policy/types.ts';
import type { Settings } from '../../../src/settings/schema.ts';
import { Prng } from '../../support/prng.ts';
import { Engine, type Trace } from '../engine/engine.ts';
import { Invocation, type RunEnd, type ServiceFaults, reliable } from '../engine/invocation.ts';
import { CallStream, type StreamRecord } from '../model/call-stream.ts';
import { SimulatedQueue } from '../model/dispatch-queue.ts';
import { Ledger } from '../model/ledger.ts';
import { type Ports, portsOf } from '../model/ports.ts';
import { SimulatedTimers } from '../model/timers.ts';
import { Webex, type WebexTask, sightingOf } from '../model/webex.ts';
import { type FaultName, type Faults, calm, drawFaults, faultNames } from './faults.ts';
import type { Mutant } from './mutants.ts';
import { Rules } from './rules.ts';
import { drawSettings } from './sample-settings.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly calls: number;
  /** Another course of the same seed: settings and faults are the seed's, chance is not. */
  readonly variation?: number;
  /** Faults that are switched off. */
  readonly off?: ReadonlySet<FaultName>;
  readonly mutant?: Mutant | undefined;
  readonly trace?: Trace | undefined;
}

const functionsLimitMs = { api: 10_000, suppress: 25_000, stream: 30_000, dispatch: 30_000, sweep: 55_000 } as const;
const hourMs = 3_600_000;
const minuteMs = 60_000;

/** Histories begin in the months around the two changes of the clocks and the holidays between them. */
const earliestStartMs = Date.UTC(2026, 9, 29);
const latestStartMs = Date.UTC(2027, 2, 14);

/** Names of the sources of chance: one for each concern, so that switching one off leaves the others as they were. */
const concerns = [
  'people',
  'workers',
  'index',
  'conflict',
  'lists',
  'queue',
  'stream',
  'timers',
  'webex',
  'webhooks',
] as const;

/** A minute within these months, most of them while people are awake somewhere. */
function drawStart(chance: Prng): number {
  const atMs = chance.int(earliestStartMs / minuteMs, latestStartMs / minuteMs) * minuteMs;
  const hour = chance.chance(0.7) ? chance.int(12, 25) : chance.int(0, 23);
  return Math.floor(atMs / (24 * hourMs)) * 24 * hourMs + hour * hourMs + chance.int(0, 59) * minuteMs;
}

/** One simulated stack with everything around it: the real use cases over models of the services. */
export class World {
  readonly seed: number;
  readonly engine: Engine;
  readonly settings: Settings;
  readonly decide: (facts: DialFacts) => Decision;
  readonly chances: Readonly<Record<(typeof concerns)[number], Prng>>;
  readonly ledger: Ledger;
  readonly rules: Rules;
  readonly queue: SimulatedQueue;
  readonly timers: SimulatedTimers;
  readonly webex: Webex;
  readonly startMs: number;
  faults: Faults;
  /** Faults of a request that changes nothing: whether its answer was lost or it never arrived is all the same. */
  readFaults: ServiceFaults;
  readonly #stream: CallStream;
  readonly #mutant: Mutant | undefined;
  readonly #hasWebhooks: boolean;
  #sweepAtMs = Number.POSITIVE_INFINITY;
  #sweeping = false;
  #invocations = 0;

  constructor({ seed, calls, variation = 0, off = new Set(), mutant, trace }: WorldOptions) {
    this.seed = seed;
    this.#mutant = mutant;
    const chance = new Prng(`world ${seed}`);
    this.chances = Object.fromEntries(
      concerns.map((concern) => [concern, new Prng(`${concern} ${seed} ${variation}`)]),
    ) as unknown as World['chances'];
    this.startMs = drawStart(chance);
    this.engine = new Engine(this.startMs, calls, trace);
    const nowMs = (): number => this.engine.nowMs;
    const { settings, decide } = drawSettings(chance);
    this.settings = settings;
    this.decide = decide;
    this.faults = drawFaults(chance, off);
    this.readFaults = { throttled: this.faults.throttled, slow: this.faults.slow, answerLost: 0 };
    this.#hasWebhooks = chance.chance(0.5);
    const peaceful = faultNames.every((name) => this.faults[name] === 0);
    const { searchLag } = this.faults;
    const faults = (): Faults => this.faults;

    this.ledger = new Ledger(
      {
        callWritten: (row, before, change) => {
          this.rules.callWritten(row, before, change);
          this.#stream.add({ call: row.call, before });
          if (row.call.checkAtMs !== undefined) this.#planSweep(row.call.checkAtMs);
        },
      },
      nowMs,
    );
    this.rules = new Rules(this.ledger, settings, nowMs, { lagBelowSettle: searchLag < 1, peaceful });
    const { stream, queue, timers, webex } = this.chances;
    this.#stream = new CallStream(this.engine, stream, faults, (batch, settled) => this.#timeCalls(batch, settled));
    this.queue = new SimulatedQueue(this.engine, queue, faults, (callIds, settled) => this.#dispatch(callIds, settled));
    this.timers = new SimulatedTimers(this.engine, timers, faults, (callId) => this.queue.send(callId, 0));
    this.webex = new Webex(
      this.engine,
      webex,
      {
        departs: (request) => this.rules.departs(request),
        created: (task) => this.rules.created(task),
        told: (task) => this.#tell(task),
        overBudget: (requests) => this.rules.overBudget(requests),
      },
      {
        requestsPerMinute: settings.webex.requestsPerMinute,
        lagMs: searchLag * settings.webex.settleMinutes * minuteMs,
        faults,
        serviceFaults: faults,
      },
    );
    const faultsUntilMs = this.startMs + chance.pick([4, 12, 36, 60]) * hourMs;
    this.engine.at(faultsUntilMs, () => {
      this.faults = calm;
      this.readFaults = reliable;
    });
  }

  /** Runs one function once, with a worker that may die. */
  invoke<T>(
    name: keyof typeof functionsLimitMs,
    body: (ports: Ports) => Promise<T>,
    done: (end: RunEnd<T>) => void,
  ): void {
    const chance = this.chances.workers;
    const { crash, clockSkewMs } = this.faults;
    this.#invocations += 1;
    const invocation = new Invocation(this.engine, chance, {
      name: `${name}#${this.#invocations}`,
      timeLimitMs: functionsLimitMs[name],
      diesAtRequest: chance.chance(crash) ? chance.int(1, 10) : 0,
      clockSkewMs: clockSkewMs > 0 ? chance.int(-clockSkewMs, clockSkewMs) : 0,
    });
    const ports = portsOf(this, invocation);
    const bitten = this.#mutant ? this.#mutant.bite(ports, this, name) : ports;
    invocation.run(() => body(bitten), done);
  }

  /** The policy as a use case gets it; a mutant may have its own. */
  decideFor(where: 'request' | 'dispatch'): (facts: DialFacts) => Decision {
    return this.#mutant?.decide?.(this.decide, where) ?? this.decide;
  }

  #timeCalls(batch: readonly StreamRecord[], settled: (firstFailed: number) => void): void {
    const failed: number[] = [];
    this.invoke(
      'stream',
      (ports) =>
        // Records of a batch are worked on side by side, as Powertools does.
        Promise.all(
          batch.map(async ({ call, before }, index) => {
            try {
              await timeCall(ports, call, before);
            } catch (error) {
              this.engine.note('stream', `record of ${call.id} failed`, error);
              failed.push(index);
            }
          }),
        ),
      (end) => settled(end.ended === 'returned' ? (failed.length > 0 ? Math.min(...failed) : -1) : 0),
    );
  }

  #dispatch(callIds: readonly string[], settled: (failed: readonly boolean[]) => void): void {
    const failed = callIds.map(() => true);
    this.invoke(
      'dispatch',
      (ports) => {
        const deps = { ...ports, decide: this.decideFor('dispatch'), settings: this.settings };
        return Promise.all(
          callIds.map(async (callId, index) => {
            try {
              const outcome = await dispatchCall(deps, callId);
              this.engine.note('dispatch', `${callId} came to`, outcome);
              failed[index] = outcome === 'conflict';
            } catch (error) {
              this.engine.note('dispatch', `${callId} failed`, error);
            }
          }),
        );
      },
      (end) => settled(end.ended === 'died' ? callIds.map(() => true) : failed),
    );
  }

  /** The sweep runs every minute; a minute in which nothing is due is left out, because it would do nothing. */
  #planSweep(fromMs: number): void {
    const atMs = Math.ceil(Math.max(fromMs, this.engine.nowMs + 1) / minuteMs) * minuteMs;
    if (atMs >= this.#sweepAtMs) return;
    this.#sweepAtMs = atMs;
    this.engine.at(atMs, () => {
      if (this.#sweepAtMs !== atMs) return;
      this.#sweepAtMs = Number.POSITIVE_INFINITY;
      this.#sweep();
    });
  }

  #sweep(): void {
    // One at a time: the function has a reserved concurrency of 1, and a start that finds it busy is dropped.
    if (this.#sweeping || this.chances.workers.chance(this.faults.sweepLost))
      return this.#planSweep(this.engine.nowMs + 1);
    this.#sweeping = true;
    this.invoke(
      'sweep',
      (ports) => reconcileCalls({ ...ports, settings: this.settings }, ports.clock.nowMs() + 40_000),
      () => {
        this.#sweeping = false;
        const checksMs = [...this.ledger.openRows].flatMap(({ call }) => call.checkAtMs ?? []);
        if (checksMs.length > 0) this.#planSweep(Math.min(...checksMs));
      },
    );
  }

  /** A webhook about a task; half of the simulated organizations have them. */
  #tell(task: WebexTask): void {
    if (!this.#hasWebhooks) return;
    const chance = this.chances.webhooks;
    const report = { ...sightingOf(task, this.engine.nowMs), attemptId: task.attemptId };
    const { webhookLost, webhookDoubled } = this.faults;
    const copies = chance.chance(webhookLost) ? 0 : chance.chance(webhookDoubled) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      this.engine.after(chance.int(50, 20_000), () =>
        this.invoke(
          'api',
          (ports) => recordOutcome(ports, report),
          () => undefined,
        ),
      );
    }
  }
}
