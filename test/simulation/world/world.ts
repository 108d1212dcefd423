import { type BucketRules, bucketRules } from '../../../src/budget/bucket.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import type { Decision, DialFacts } from '../../../src/policy/types.ts';
import type { Settings } from '../../../src/settings/schema.ts';
import { Prng } from '../../support/prng.ts';
import { Engine, type Trace } from '../engine/engine.ts';
import { Invocation, type RunEnd, type ServiceFaults, reliable } from '../engine/invocation.ts';
import { Worker, WorkerPool } from '../engine/worker.ts';
import { AgentDesk } from '../model/agent-desk.ts';
import { Ledger } from '../model/ledger.ts';
import { type Ports, portsOf } from '../model/ports.ts';
import type { SimulatedQueue } from '../model/queue.ts';
import { SimulatedRegistry } from '../model/registry.ts';
import { SimulatedRotation } from '../model/rotation.ts';
import { SimulatedSecret } from '../model/secret.ts';
import type { SimulatedTimers } from '../model/timers.ts';
import { credentialsOf } from '../model/token-ports.ts';
import { WebexCallbacks } from '../model/webex-callbacks.ts';
import { WebexLists } from '../model/webex-lists.ts';
import { WebexTokens } from '../model/webex-tokens.ts';
import { Webex } from '../model/webex.ts';
import type { SharedBucket } from '../model/webex-wire.ts';
import { FactRules } from './fact-rules.ts';
import { type FaultName, type Faults, calm, drawFaults, faultNames } from './faults.ts';
import { Functions, functionLimitsMs } from './functions.ts';
import { ListRules } from './list-rules.ts';
import type { Mutant } from './mutant.ts';
import { OrderRules } from './order-rules.ts';
import { Rules } from './rules.ts';
import { drawSettings } from './sample-settings.ts';
import { SignInRules } from './sign-in-rules.ts';
import { Violations } from './violations.ts';

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

export type FunctionName = keyof typeof functionLimitsMs;

const hourMs = 3_600_000;
const minuteMs = 60_000;
const dayMs = 24 * hourMs;
/** The most requests that any function makes before it may die: further on there is little to meet. */
const requestsBeforeDeathMax = 16;

/** Histories begin in the months around the two changes of the clocks and the holidays between them. */
const earliestStartMs = Date.UTC(2026, 9, 29);
const latestStartMs = Date.UTC(2027, 2, 14);

/** Names of the sources of chance: one for each concern, so that switching one off leaves the others as they were. */
const concerns = [
  'callbacks',
  'people',
  'operators',
  'workers',
  'index',
  'conflict',
  'lists',
  'queue',
  'stream',
  'supervisors',
  'timers',
  'tokens',
  'webex',
  'webexLists',
  'webhooks',
] as const;

/** A minute within these months, most of them while people are awake somewhere. */
function drawStart(chance: Prng): number {
  const atMs = chance.int(earliestStartMs / minuteMs, latestStartMs / minuteMs) * minuteMs;
  const hour = chance.chance(0.7) ? chance.int(12, 25) : chance.int(0, 23);
  return Math.floor(atMs / dayMs) * dayMs + hour * hourMs + chance.int(0, 59) * minuteMs;
}

/** One simulated stack with everything around it: the real use cases over models of the services. */
export class World {
  readonly seed: number;
  readonly engine: Engine;
  readonly settings: Settings;
  readonly policy: Policy;
  /** Lines whose callbacks for later Webex holds. */
  readonly handsOver: readonly string[];
  readonly chances: Readonly<Record<(typeof concerns)[number], Prng>>;
  readonly violations: Violations;
  readonly rules: Rules;
  readonly orderRules: OrderRules;
  readonly factRules: FactRules;
  readonly listRules = new ListRules();
  readonly signInRules: SignInRules;
  readonly ledger: Ledger;
  readonly secret: SimulatedSecret;
  readonly rotation: SimulatedRotation;
  readonly registry: SimulatedRegistry;
  readonly agentDesk: AgentDesk;
  readonly webex: Webex;
  readonly bucket: SharedBucket = { state: undefined };
  readonly bucketRules: BucketRules;
  readonly functions: Functions;
  readonly mutant: Mutant | undefined;
  readonly startMs: number;
  /** From then on nothing fails any more. */
  readonly calmFromMs: number;
  faults: Faults;
  /** Faults of a request that changes nothing: whether its answer was lost or it never arrived is all the same. */
  readFaults: ServiceFaults;
  readonly #pools = new Map<FunctionName, WorkerPool<{ readonly worker: Worker; readonly ports: Ports }>>();
  #invocations = 0;
  #ids = 0;

  constructor({ seed, calls, variation = 0, off = new Set(), mutant, trace }: WorldOptions) {
    this.seed = seed;
    this.mutant = mutant;
    const chance = new Prng(`world ${seed}`);
    this.chances = Object.fromEntries(
      concerns.map((concern) => [concern, new Prng(`${concern} ${seed} ${variation}`)]),
    ) as unknown as World['chances'];
    this.startMs = drawStart(chance);
    this.engine = new Engine(this.startMs, calls, trace);
    const orders = new Prng(`orders ${seed}`);
    const { settings, policy, handsOver } = drawSettings(chance, orders);
    this.settings = settings;
    this.policy = policy;
    this.handsOver = handsOver;
    this.agentDesk = new AgentDesk(seed);
    this.faults = drawFaults(chance, off);
    this.readFaults = { throttled: this.faults.throttled, slow: this.faults.slow, answerLost: 0 };
    this.calmFromMs = this.startMs + chance.pick([4, 12, 36, 60]) * hourMs;

    const nowMs = (): number => this.engine.nowMs;
    this.violations = new Violations(nowMs);
    this.signInRules = new SignInRules(this.violations);
    this.registry = this.#drawRegistry(chance);
    this.ledger = this.#createLedger();
    this.webex = this.#createWebex(chance, orders);
    this.bucketRules = bucketRules(settings.webex.requestsPerMinute);
    this.secret = new SimulatedSecret(this.#signedInLongAgo(chance), this.signInRules);
    this.functions = new Functions(this, chance.chance(0.5));
    this.rotation = new SimulatedRotation(this.engine, this.chances.tokens, this.secret, this.functions.rotate);
    const { ledger, violations } = this;
    const facts = { ledger, lists: this.webex.lists, registry: this.registry, violations, nowMs };
    this.factRules = new FactRules(facts);
    const peaceful = faultNames.every((name) => this.faults[name] === 0);
    const lagBelowSettle = this.faults.searchLag < 1;
    this.rules = new Rules(
      { violations, facts: this.factRules, orders: () => this.orderRules, ledger, settings, nowMs },
      { lagBelowSettle, peaceful },
    );
    this.orderRules = new OrderRules({
      ledger,
      violations,
      rules: this.rules,
      facts: this.factRules,
      callbacks: () => this.webex.callbacks,
      nowMs,
      lines: handsOver,
      lagBelowSettle,
      calmFromMs: peaceful ? this.startMs : this.calmFromMs,
    });
    this.engine.at(this.calmFromMs, () => {
      this.faults = calm;
      this.readFaults = reliable;
      this.webex.lists.show();
    });
  }

  get queue(): SimulatedQueue {
    return this.functions.queue;
  }

  get suppressionQueue(): SimulatedQueue {
    return this.functions.suppressionQueue;
  }

  get timers(): SimulatedTimers {
    return this.functions.timers;
  }

  newId(what: string): string {
    this.#ids += 1;
    return `${what}-${String(this.#ids).padStart(4, '0')}`;
  }

  /** Runs one function once, in a process that may have run before and may die. */
  invoke<T>(name: FunctionName, body: (ports: Ports) => Promise<T>, done: (end: RunEnd<T>) => void): void {
    const chance = this.chances.workers;
    const pool = this.#pool(name);
    const kept = pool.take();
    this.#invocations += 1;
    const invocation = new Invocation(this.engine, chance, {
      name: `${name}#${this.#invocations}`,
      timeLimitMs: functionLimitsMs[name],
      diesAtRequest: chance.chance(this.faults.crash) ? chance.int(1, requestsBeforeDeathMax) : 0,
    });
    kept.worker.begin(invocation);
    invocation.run(
      () => body(kept.ports),
      (end) => {
        pool.giveBack(kept, end.ended !== 'died');
        done(end);
      },
    );
  }

  /** The policy as a use case gets it; a mutant may have its own. */
  decideFor(where: 'request' | 'dispatch'): (facts: DialFacts) => Decision {
    return this.mutant?.decide?.(this.policy.decide, where) ?? this.policy.decide;
  }

  #pool(name: FunctionName): WorkerPool<{ readonly worker: Worker; readonly ports: Ports }> {
    const known = this.#pools.get(name);
    if (known) return known;
    const pool = new WorkerPool(this.engine, () => {
      const { clockSkewMs } = this.faults;
      const skewMs = clockSkewMs > 0 ? this.chances.workers.int(-clockSkewMs, clockSkewMs) : 0;
      const worker = new Worker(this.engine, name, skewMs);
      const ports = portsOf(this, worker);
      return { worker, ports: this.mutant?.bite ? this.mutant.bite(ports, this, name) : ports };
    });
    this.#pools.set(name, pool);
    return pool;
  }

  #createLedger(): Ledger {
    return new Ledger(
      {
        callWritten: (row, before, change) => {
          this.rules.callWritten(row, before, change);
          this.orderRules.callWritten(row, before, change);
          this.functions.callWritten(row.call, before);
        },
        suppressionChanged: (change, entry) => {
          this.listRules.numberChanged(entry.number);
          this.functions.suppressionChanged({ id: this.newId('change'), change, entry });
        },
      },
      () => this.engine.nowMs,
    );
  }

  #createWebex(chance: Prng, orders: Prng): Webex {
    const { engine, settings } = this;
    const { dncLists, requestsPerMinute, settleMinutes } = settings.webex;
    const faults = (): Faults => this.faults;
    const tokens = new WebexTokens(
      engine,
      {
        accessLifeMs: chance.pick([10 * minuteMs, hourMs, 12 * hourMs, 14 * dayMs]),
        refreshLifeMs: chance.pick([60, 90]) * dayMs,
        rotatesRefreshToken: chance.chance(0.5),
        endsOldAccess: chance.chance(0.3),
      },
      settings.organization.id,
      this.signInRules,
    );
    const watcher = {
      departs: (request: Parameters<Rules['departs']>[0]) => this.rules.departs(request),
      created: (task: Parameters<Rules['created']>[0]) => this.rules.created(task),
      rejected: (attemptId: string) => this.rules.rejected(attemptId),
      told: (task: Parameters<Rules['created']>[0]) => this.functions.tell(task),
      overBudget: (requests: number) => this.rules.overBudget(requests),
    };
    const lagMs = this.faults.searchLag * settleMinutes * minuteMs;
    const callbacks = new WebexCallbacks(engine, this.chances.callbacks, {
      shownUntilCalled: orders.chance(0.5),
      lagMs,
      watcher: {
        made: (callback) => this.orderRules.made(callback),
        moved: (callback) => this.orderRules.moved(callback),
        deletedByHand: (callback) => this.orderRules.deletedByHand(callback),
        called: (callback) => {
          this.orderRules.called(callback);
          this.webex.callBack(callback);
        },
      },
    });
    return new Webex(engine, this.chances.webex, watcher, {
      requestsPerMinute,
      lagMs,
      faults,
      tokens,
      callbacks,
      lists: new WebexLists(engine, dncLists, () => this.faults.dncLagMs),
    });
  }

  /** Some of the first tokens are at their end soon. */
  #signedInLongAgo(chance: Prng): { versionId: string; value: string } {
    const grant = this.webex.tokens.signIn();
    const issuedAtMs = this.startMs - (chance.chance(0.5) ? 0 : chance.int(0, grant.expiresInSeconds) * 1_000);
    this.webex.tokens.endAt(grant.accessToken, issuedAtMs + grant.expiresInSeconds * 1_000);
    return { versionId: 'version-0000', value: credentialsOf(grant, issuedAtMs) };
  }

  #drawRegistry(chance: Prng): SimulatedRegistry {
    return new SimulatedRegistry({
      isSubscribed: this.settings.policy.registries.US?.subscribed === true,
      startMs: this.startMs,
      ageDays: chance.pick([1, 20, 30.5, 40]),
      everyDays: chance.pick([1, 31, Number.POSITIVE_INFINITY]),
    });
  }
}
