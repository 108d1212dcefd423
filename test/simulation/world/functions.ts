import type { Call } from '../../../src/calls/call.ts';
import { dispatchCall } from '../../../src/calls/dispatch-call.ts';
import { reconcileCalls } from '../../../src/calls/reconcile-calls.ts';
import { recordOutcome } from '../../../src/calls/record-outcome.ts';
import { timeCall } from '../../../src/calls/time-call.ts';
import { type SuppressionChange, announceSuppression } from '../../../src/suppression/announce-suppression.ts';
import { propagateSuppression } from '../../../src/suppression/propagate-suppression.ts';
import { RefreshTokenDeadError } from '../../../src/tokens/errors.ts';
import { rotateToken } from '../../../src/tokens/rotate-token.ts';
import { ServiceFault } from '../engine/invocation.ts';
import { ChangeStream } from '../model/change-stream.ts';
import type { Ports } from '../model/ports.ts';
import { SimulatedQueue } from '../model/queue.ts';
import type { RunStep } from '../model/rotation.ts';
import { SimulatedTimers } from '../model/timers.ts';
import { type WebexTask, sightingOf } from '../model/webex.ts';
import type { Faults } from './faults.ts';
import { lineNames } from './sample-settings.ts';
import type { FunctionName, World } from './world.ts';

/** Time limits, as the stacks set them. */
export const functionLimitsMs = {
  api: 10_000,
  suppress: 25_000,
  stream: 30_000,
  announce: 30_000,
  propagate: 60_000,
  dispatch: 30_000,
  sweep: 55_000,
  webhook: 10_000,
  rotate: 60_000,
  'sign-in': 29_000,
} as const;

const minuteMs = 60_000;

interface CallChange {
  readonly call: Call;
  readonly before: Call | undefined;
}

/** The functions that nobody outside calls, and what sets each of them off: streams, queues, timers, the clock. */
export class Functions {
  readonly queue: SimulatedQueue;
  readonly suppressionQueue: SimulatedQueue;
  readonly timers: SimulatedTimers;
  /** Somebody looks at the alarm of a rotation that only a new sign-in helps. */
  onSignInDead: () => void = () => undefined;
  readonly #world: World;
  readonly #hasWebhooks: boolean;
  readonly #calls: ChangeStream<CallChange>;
  readonly #suppressions: ChangeStream<SuppressionChange>;
  #sweepAtMs = Number.POSITIVE_INFINITY;
  #sweeping = false;
  #rotating = false;

  constructor(world: World, hasWebhooks: boolean) {
    this.#world = world;
    this.#hasWebhooks = hasWebhooks;
    const { engine } = world;
    const { stream, queue, timers } = world.chances;
    const faults = (): Faults => world.faults;
    this.#calls = new ChangeStream(engine, stream, {
      faults,
      shardOf: ({ call }) => Number.parseInt(call.id.slice(-4), 16),
      consume: (batch, settled) =>
        this.#runBatch('stream', batch, settled, (ports, { call, before }) => timeCall(ports, call, before)),
    });
    this.#suppressions = new ChangeStream(engine, stream, {
      faults,
      shardOf: ({ entry }) => Number(entry.number.slice(-4)),
      consume: (batch, settled) =>
        this.#runBatch('announce', batch, settled, (ports, told) => this.#announce(ports, told)),
      onGivenUp: ({ entry }) => world.listRules.gaveUp(entry.number),
    });
    this.queue = new SimulatedQueue(engine, queue, {
      faults,
      visibilityMs: 180_000,
      receivesMax: 5,
      consume: (callIds, settled) => this.#dispatch(callIds, settled),
    });
    this.suppressionQueue = new SimulatedQueue(engine, queue, {
      faults,
      visibilityMs: 360_000,
      receivesMax: 100,
      consume: (numbers, settled) =>
        this.#runMessages('propagate', numbers, settled, (ports, number) =>
          // Nobody is in a contact list here: no campaign is simulated.
          propagateSuppression({ ...ports, closeContacts: () => Promise.resolve(0) }, number),
        ),
      onDeadLetter: (number) => world.listRules.gaveUp(number),
    });
    this.timers = new SimulatedTimers(engine, timers, faults, (callId) => this.queue.send(callId, 0));
  }

  callWritten(call: Call, before: Call | undefined): void {
    this.#calls.add({ call, before });
    if (call.checkAtMs !== undefined) this.#planSweep(call.checkAtMs);
  }

  suppressionChanged(told: SuppressionChange): void {
    this.#suppressions.add(told);
  }

  /** One step of a rotation, as Secrets Manager calls for it; the function has a reserved concurrency of 1. */
  rotate: RunStep = (step, versionId, done) => {
    if (this.#rotating) return done({ ended: 'threw', error: new ServiceFault('TooManyRequestsException') });
    this.#rotating = true;
    this.#world.invoke(
      'rotate',
      (ports) => rotateToken(ports, step, versionId),
      (end) => {
        this.#rotating = false;
        if (end.ended === 'threw') this.#world.engine.note('rotate', `${step} of ${versionId} failed`, end.error);
        if (end.ended === 'threw' && end.error instanceof RefreshTokenDeadError) this.onSignInDead();
        done(end);
      },
    );
  };

  /** A webhook about a task; half of the simulated organizations have them. */
  tell(task: WebexTask): void {
    // One that was a scheduled callback bears no mark of ours, so its webhooks say nothing to us.
    if (!this.#hasWebhooks || task.orderedForMs !== undefined) return;
    const { engine, faults, chances, mutant } = this.#world;
    const chance = chances.webhooks;
    const sighting = { ...sightingOf(task, engine.nowMs), attemptId: task.attemptId };
    const report = mutant?.misread?.(sighting, this.#world) ?? sighting;
    const copies = chance.chance(faults.webhookLost) ? 0 : chance.chance(faults.webhookDoubled) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const lateMs = faults.webhookLateMs > 0 && chance.chance(0.5) ? chance.int(0, faults.webhookLateMs) : 0;
      engine.after(chance.int(50, 20_000) + lateMs, () =>
        this.#world.invoke(
          'webhook',
          (ports) => recordOutcome(ports, report),
          () => undefined,
        ),
      );
    }
  }

  #announce(ports: Ports, told: SuppressionChange): Promise<number> {
    const { settings } = this.#world;
    return announceSuppression(
      {
        ...ports,
        lines: lineNames,
        settings: {
          webexLists: settings.webex.dncLists,
          organizationId: settings.organization.id,
          wholeNumbers: settings.events.wholeNumbers,
        },
      },
      told,
    );
  }

  #dispatch(callIds: readonly string[], settled: (failed: readonly boolean[]) => void): void {
    const decide = this.#world.decideFor('dispatch');
    const { settings, engine } = this.#world;
    this.#runMessages('dispatch', callIds, settled, async (ports, callId) => {
      const outcome = await dispatchCall({ ...ports, decide, settings }, callId);
      engine.note('dispatch', `${callId} came to`, outcome);
      if (outcome === 'conflict') throw new Error('The call moved on while it was dispatched.');
    });
  }

  /** Records of a batch are worked on side by side, as Powertools does. */
  #runBatch<Item>(
    name: FunctionName,
    batch: readonly Item[],
    settled: (firstFailed: number) => void,
    work: (ports: Ports, item: Item) => Promise<unknown>,
  ): void {
    this.#runItems(name, batch, work, (failed) => settled(failed.indexOf(true)));
  }

  #runMessages(
    name: FunctionName,
    bodies: readonly string[],
    settled: (failed: readonly boolean[]) => void,
    work: (ports: Ports, body: string) => Promise<unknown>,
  ): void {
    this.#runItems(name, bodies, work, settled);
  }

  #runItems<Item>(
    name: FunctionName,
    items: readonly Item[],
    work: (ports: Ports, item: Item) => Promise<unknown>,
    settled: (failed: readonly boolean[]) => void,
  ): void {
    const failed = items.map(() => false);
    this.#world.invoke(
      name,
      (ports) =>
        Promise.all(
          items.map(async (item, index) => {
            try {
              await work(ports, item);
            } catch (error) {
              this.#world.engine.note(name, `record ${index} failed`, error);
              failed[index] = true;
            }
          }),
        ),
      (end) => settled(end.ended === 'returned' ? failed : items.map(() => true)),
    );
  }

  /** The sweep runs every minute; a minute in which nothing is due is left out, because it would do nothing. */
  #planSweep(fromMs: number): void {
    const { engine } = this.#world;
    const atMs = Math.ceil(Math.max(fromMs, engine.nowMs + 1) / minuteMs) * minuteMs;
    if (atMs >= this.#sweepAtMs) return;
    this.#sweepAtMs = atMs;
    engine.at(atMs, () => {
      if (this.#sweepAtMs !== atMs) return;
      this.#sweepAtMs = Number.POSITIVE_INFINITY;
      this.#sweep();
    });
  }

  #sweep(): void {
    const { engine, chances, faults, ledger, settings } = this.#world;
    // One at a time: the function has a reserved concurrency of 1, and a start that finds it busy is dropped.
    if (this.#sweeping || chances.workers.chance(faults.sweepLost)) return this.#planSweep(engine.nowMs + 1);
    this.#sweeping = true;
    this.#world.invoke(
      'sweep',
      (ports) => reconcileCalls({ ...ports, settings }, ports.clock.nowMs() + 40_000),
      () => {
        this.#sweeping = false;
        const checksMs = [...ledger.openRows].flatMap(({ call }) => call.checkAtMs ?? []);
        if (checksMs.length > 0) this.#planSweep(Math.min(...checksMs));
      },
    );
  }
}
