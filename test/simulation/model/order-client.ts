import type { WebexClient } from '../../../src/adapters/webex/client.ts';
import type { Operation, OperationInput } from '../../../src/adapters/webex/operation.ts';
import type { ScheduledCallbackBody } from '../../../src/adapters/webex/scheduled-callback-operations.ts';
import type { Lane } from '../../../src/budget/ports.ts';
import type { Prng } from '../../support/prng.ts';
import type { Worker } from '../engine/worker.ts';
import type { Faults } from '../world/faults.ts';
import type { WebexCallback, WebexCallbacks } from './webex-callbacks.ts';
import { type Reply, readReply } from './webex-reply.ts';
import type { Later, WebexWire } from './webex-wire.ts';

export interface OrderWatcher {
  /** An order leaves the worker. @returns the attempt that it is for. */
  departs(body: ScheduledCallbackBody): string | undefined;
  /** The order of an attempt was refused for good. */
  refused(attemptId: string): void;
  /** Webex did not say what came of a request about the callbacks of a number. */
  unclear(number: string): void;
}

export interface OrderClientDeps {
  readonly worker: Worker;
  readonly wire: WebexWire;
  readonly callbacks: WebexCallbacks;
  readonly watcher: OrderWatcher;
  readonly chance: Prng;
  readonly faults: () => Faults;
  readonly organizationId: string;
  readonly lane: Lane;
  readonly after: (delayMs: number, run: () => void) => void;
}

interface Asked {
  readonly name: string;
  readonly id: string;
  readonly number: string;
  readonly body: ScheduledCallbackBody;
  /** Of an order; known once it has left. */
  attemptId?: string | undefined;
}

/** The client that the real adapter of scheduled callbacks is built on, with simulated ones at its other end. */
export function createOrderClient(deps: OrderClientDeps): WebexClient {
  const { worker, wire, callbacks, watcher, organizationId, lane } = deps;
  return {
    orgId: organizationId,
    clock: worker.clock,
    async send<Body, Answer>(
      { name }: Operation<Body, Answer>,
      input: OperationInput<Body> = {},
      options: { readonly deadlineMs?: number; readonly lane?: Lane } = {},
    ) {
      const asked = askedOf(name, input, callbacks);
      const answer = await wire.exchange({
        what: `${name} ${asked.id} ${asked.number}`,
        lane: options.lane ?? lane,
        deadlineMs: options.deadlineMs ?? Number.POSITIVE_INFINITY,
        departs: () => {
          if (name === 'createScheduledCallback') asked.attemptId = watcher.departs(asked.body);
        },
        process: (leftMs) => process(deps, asked, leftMs),
      });
      const isClear = answer.outcome === 'answered' && typeof answer.value.status === 'number';
      if (!isClear || Number(answer.value.status) === 429 || Number(answer.value.status) >= 500)
        watcher.unclear(asked.number);
      const { status, value } = readReply(name, answer);
      return { status, value: value as Answer };
    },
  };
}

function askedOf(name: string, { path, query, body }: OperationInput<unknown>, callbacks: WebexCallbacks): Asked {
  const id = path?.['id'] ?? '';
  const asked = body as ScheduledCallbackBody;
  const number = asked?.callbackNumber ?? query?.['callbackNumber']?.toString() ?? callbacks.numberOf(id);
  return { name, id, number, body: asked };
}

function process(deps: OrderClientDeps, asked: Asked, leftMs: number): Later<Reply> {
  const { chance, after } = deps;
  const faults = deps.faults();
  const quickMs = Math.min(leftMs, chance.int(20, 400));
  if (chance.chance(faults.webexThrottles)) {
    return { later: { status: 429, retryAfterMs: chance.int(1, 60) * 1_000 }, afterMs: quickMs };
  }
  const isOrder = asked.name === 'createScheduledCallback' || asked.name === 'updateScheduledCallback';
  if (isOrder && chance.chance(faults.webexRejects)) {
    if (asked.attemptId !== undefined) deps.watcher.refused(asked.attemptId);
    return { later: { status: 400 }, afterMs: quickMs };
  }
  const isChange = isOrder || asked.name === 'deleteScheduledCallback';
  if (chance.chance(isChange ? faults.webexFailsBefore : faults.searchFails)) return failure(chance, leftMs);
  if (isChange && chance.chance(faults.webexFailsAfter)) {
    const failed = failure(chance, leftMs);
    // What went on behind a gateway that gave up may end a little after it.
    const doneAfterMs = chance.chance(0.2) ? failed.afterMs + chance.int(0, 3_000) : failed.afterMs * chance.next();
    after(doneAfterMs, () => take(deps, asked));
    return failed;
  }
  const later: Reply = { status: 'no-answer' };
  after(quickMs, () => Object.assign(later, take(deps, asked)));
  return { later, afterMs: quickMs };
}

function failure(chance: Prng, leftMs: number): Later<Reply> {
  return chance.chance(0.5)
    ? { later: { status: 503 }, afterMs: Math.min(leftMs, chance.int(20, 2_000)) }
    : { later: { status: 'no-answer' }, afterMs: leftMs };
}

function take({ callbacks, watcher }: OrderClientDeps, { name, id, number, body, attemptId }: Asked): Reply {
  switch (name) {
    case 'createScheduledCallback': {
      const made = callbacks.create(body, attemptId);
      if (!made && attemptId !== undefined) watcher.refused(attemptId);
      return made ? { status: 201, value: { id: made.callbackId } } : { status: 400 };
    }
    case 'listScheduledCallbacks':
      return { status: 200, value: { meta: { totalPages: 1 }, data: callbacks.list(number).map(shownOf) } };
    case 'getScheduledCallback': {
      const callback = callbacks.get(id);
      return callback ? { status: 200, value: shownOf(callback) } : { status: 404 };
    }
    case 'updateScheduledCallback':
      return { status: callbacks.update(id, body) };
    case 'deleteScheduledCallback':
      return { status: callbacks.remove(id) };
    default:
      throw new TypeError(`The simulation does not know the operation ${name}.`);
  }
}

const shownOf = ({ callbackId, body, createdAtMs }: WebexCallback) => ({
  ...body,
  id: callbackId,
  createdTimestamp: createdAtMs,
});
