import type {
  CallStore,
  CallTimers,
  DialFactsReader,
  DispatchQueue,
  IdempotencyRecords,
} from '../../../src/calls/ports.ts';
import type { TaskGateway } from '../../../src/calls/task-gateway.ts';
import type { Clock } from '../../../src/shared/clock.ts';
import type { SuppressionStore } from '../../../src/suppression/ports.ts';
import type { Invocation, ServiceFaults } from '../engine/invocation.ts';
import type { World } from '../world/world.ts';

/** Everything a use case may ask for, as one worker sees it. */
export interface Ports {
  readonly calls: CallStore;
  readonly idempotency: IdempotencyRecords;
  readonly facts: DialFactsReader;
  readonly suppressions: SuppressionStore;
  readonly queue: DispatchQueue;
  readonly timers: CallTimers;
  readonly tasks: TaskGateway;
  readonly clock: Clock;
}

/** The ports of one worker: each use is a request that takes time, may fail, and is where the worker may die. */
export function portsOf(world: World, invocation: Invocation): Ports {
  const { ledger } = world;
  const staleMs = (): number => world.chances.index.int(0, world.faults.staleIndexMs);
  const reading = (): ServiceFaults => world.readFaults;
  const writing = (): ServiceFaults => world.faults;

  return {
    calls: {
      accept: (call, decision, request, also) =>
        invocation.request(`accept ${call.id}`, writing(), () => ledger.accept(call, decision, request, also)),
      commit: (change, attemptLog) =>
        invocation.request(describe(change), writing(), () =>
          world.chances.conflict.chance(world.faults.transactionConflict)
            ? 'conflict'
            : ledger.commit(change, attemptLog),
        ),
      get: (callId) => invocation.request(`get ${callId}`, reading(), () => ledger.get(callId)),
      record: (callId) => invocation.request(`record ${callId}`, reading(), () => ledger.record(callId)),
      findByNumber: (number, limit) =>
        invocation.request(`find ${number}`, reading(), () => ledger.findByNumber(number, limit, staleMs())),
      openCallIds: (number, lines) =>
        invocation.request(`locks of ${number}`, reading(), () => ledger.openCallIds(number, lines)),
      due: (atMs, limit) => invocation.request('due', reading(), () => ledger.due(atMs, limit, staleMs())),
    },
    idempotency: {
      find: (keySha256) => invocation.request('find key', reading(), () => ledger.requests.get(keySha256)),
      remember: (request, callId, nowMs) =>
        invocation.request(`keep key for ${callId}`, writing(), () => ledger.remember(request, callId, nowMs)),
    },
    facts: {
      read: (number, moment, call) =>
        invocation.request(`facts of ${number}`, reading(), () => {
          const unreadable = world.chances.lists.chance(world.faults.listsUnreadable);
          const state = unreadable ? 'unreadable' : ledger.suppressions.has(number) ? 'listed' : 'clear';
          return {
            lists: [{ list: 'internal', state }],
            attemptLog: ledger.attemptLog(number),
            bans: unreadable ? 'unreadable' : [],
            ...(moment === 'request' && call?.slot && { slotTaken: ledger.slotTaken(call.line, call.slot.fromMs) }),
          } as const;
        }),
    },
    suppressions: {
      find: (number) => invocation.request(`find ${number}`, reading(), () => ledger.suppressions.get(number)),
      add: (entry) =>
        invocation.request(`list ${entry.number}`, writing(), () => {
          const earlier = ledger.suppressions.get(entry.number);
          if (!earlier) ledger.suppressions.set(entry.number, entry);
          return { added: !earlier, entry: earlier ?? entry };
        }),
      remove: (number) =>
        invocation.request(`take ${number} off the list`, writing(), () => {
          world.rules.suppressionRemoved(number);
          return ledger.suppressions.delete(number);
        }),
    },
    queue: {
      send: (callId, delaySeconds) =>
        invocation.request(`queue ${callId}`, writing(), () => world.queue.send(callId, delaySeconds)),
    },
    timers: {
      set: (callId, atMs) => invocation.request(`set timer ${callId}`, writing(), () => world.timers.set(callId, atMs)),
      clear: (callId) => invocation.request(`clear timer ${callId}`, writing(), () => world.timers.clear(callId)),
    },
    tasks: world.webex.gateway(invocation),
    clock: invocation.clock,
  };
}

function describe({ from, call, attempt }: Parameters<CallStore['commit']>[0]): string {
  const step = attempt ? `, attempt ${attempt.next.ordinal} ${attempt.next.status}` : '';
  return `write ${call.id} ${from.status} -> ${call.status}${step}`;
}
