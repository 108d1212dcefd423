import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../../src/shared/clock.ts';
import { type Delivery, DeliveryStore, deliverySchema } from './events/delivery-store.ts';
import { type Entry, type EntryFailure, busNameOf, failureOf, parseDetail, readEntries } from './events/entry.ts';
import { type EventMatcher, compilePattern } from './events/pattern.ts';
import { AwsError } from './shared/aws-error.ts';
import { openDatabase } from './shared/database.ts';
import { DeliveryLoop, retryDelayMs } from './shared/delivery-loop.ts';
import { type LocalServer, operationOf, startServer } from './shared/server.ts';

export { UnsupportedPatternError } from './events/pattern.ts';

/** A rule of the template. */
export interface EventRule {
  readonly name: string;
  /** @default default */
  readonly busName?: string;
  readonly pattern: unknown;
  readonly enabled: boolean;
}

/** An event as EventBridge hands it to a target. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Hands an event to all targets of a rule, and rejects when that failed. It may be called again for the same event. */
export type DeliverEvent = (ruleName: string, event: BusEvent) => Promise<void>;

export interface EventBusOptions {
  /** The state is in `event-bus.db` in this folder. */
  readonly dataDir: string;
  readonly region: string;
  readonly accountId: string;
  /** Buses of the template beside `default`. */
  readonly busNames?: readonly string[];
  readonly rules: readonly EventRule[];
  readonly deliver: DeliverEvent;
  /** Told of every delivery that failed, in one sentence. */
  readonly onProblem?: (problem: string) => void;
  /** @default the clock of the machine */
  readonly clock?: Pick<Clock, 'nowMs'>;
}

export interface EventBus extends LocalServer {
  /** Looks at once for events that wait; resolves when they were tried. */
  wake(): Promise<void>;
}

/** AWS: tries for 24 hours and 185 times. */
const attemptsMax = 186;
const ageMsMax = 86_400_000;

interface ActiveRule {
  readonly name: string;
  readonly busName: string;
  readonly matches: EventMatcher;
}

type BusCore = Required<EventBusOptions>;

/** Events on disk until the targets of their rules took them. */
class EventDeliveries {
  readonly #options: BusCore;
  readonly #rules: readonly ActiveRule[];
  readonly #store: DeliveryStore;
  readonly #loop: DeliveryLoop<Delivery>;
  #stopped = false;

  constructor(options: BusCore) {
    this.#options = options;
    this.#rules = activeRules(options);
    this.#store = new DeliveryStore(openDatabase(join(options.dataDir, 'event-bus.db'), deliverySchema));
    this.#store.release(options.clock.nowMs());
    this.#loop = new DeliveryLoop({
      clock: options.clock,
      nextDueMs: () => this.#store.nextDueMs(),
      takeDue: (...due) => this.#store.takeDue(...due),
      deliver: (delivery) => this.#deliver(delivery),
    });
  }

  /** The answer to PutEvents. @throws {AwsError} */
  put(body: unknown): { FailedEntryCount: number; Entries: readonly (EntryFailure | { EventId: string })[] } {
    const entries = readEntries(body);
    const results = this.#store.transaction(() =>
      entries.map((entry) => failureOf(entry) ?? { EventId: this.#accept(entry) }),
    );
    void this.wake();
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  }

  wake(): Promise<void> {
    return this.#loop.wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loop.stop();
    this.#store.close();
  }

  #accept(entry: Entry): string {
    const event = this.#toEvent(entry);
    const busName = busNameOf(entry);
    for (const rule of this.#rules) {
      if (rule.busName !== busName || !rule.matches(event)) continue;
      this.#store.add({ id: event.id, rule: rule.name, event }, this.#options.clock.nowMs());
    }
    return event.id;
  }

  #toEvent(entry: Entry): BusEvent {
    const { accountId, region, clock } = this.#options;
    const atMs = entry.Time === undefined ? clock.nowMs() : entry.Time * 1000;
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': entry.DetailType ?? '',
      source: entry.Source ?? '',
      account: accountId,
      time: `${new Date(atMs).toISOString().slice(0, 19)}Z`,
      region,
      resources: entry.Resources ?? [],
      detail: parseDetail(entry) ?? {},
    };
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { deliver, onProblem, clock } = this.#options;
    const { id, rule, created_ms: createdMs, attempts } = delivery;
    try {
      await deliver(rule, JSON.parse(delivery.event) as BusEvent);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      onProblem(`Rule ${rule}: event ${id} could not be delivered: ${reason}`);
      const nowMs = clock.nowMs();
      if (!this.#stopped && attempts + 1 < attemptsMax && nowMs - createdMs < ageMsMax) {
        this.#store.postpone(delivery, attempts + 1, nowMs + retryDelayMs(attempts));
        return;
      }
    }
    if (!this.#stopped) this.#store.remove(delivery);
  }
}

/** @throws UnsupportedPatternError for a rule whose pattern the local bus cannot evaluate, disabled or not. */
function activeRules({ busNames, rules }: BusCore): readonly ActiveRule[] {
  const buses = new Set(['default', ...busNames]);
  return rules
    .map(({ name, busName = 'default', pattern, enabled }) => ({
      name,
      busName,
      enabled,
      matches: compilePattern(pattern, `Rule ${name}`),
    }))
    .filter(({ enabled, busName }) => enabled && buses.has(busName));
}

/**
 * Starts a stand-in for an EventBridge bus on an ephemeral loopback port. An accepted event is on disk before the answer,
 * once for each rule that it matches, until the rule's targets took it.
 *
 * @throws UnsupportedPatternError for a rule whose pattern the local bus cannot evaluate.
 */
export const startEventBus = async (options: EventBusOptions): Promise<EventBus> => {
  const deliveries = new EventDeliveries({
    busNames: [],
    onProblem: () => undefined,
    clock: { nowMs: () => Date.now() },
    ...options,
  });
  const server = await startServer('aws-json', (request) => {
    const operation = operationOf(request);
    if (operation === 'PutEvents') return deliveries.put(request.body);
    throw new AwsError('UnknownOperationException', `The local event bus does not know the operation "${operation}".`);
  });
  return {
    url: server.url,
    wake: () => deliveries.wake(),
    close: async () => {
      await server.close();
      await deliveries.stop();
    },
  };
};
