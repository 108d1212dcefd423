import { WebexOrderGateway } from '../../../src/adapters/webex/order-gateway.ts';
import { WebexScheduledCallbacks } from '../../../src/adapters/webex/scheduled-callbacks.ts';
import { WebexDnc } from '../../../src/adapters/webex/dnc-list.ts';
import type { BanStore } from '../../../src/bans/ports.ts';
import { DispatchFacts } from '../../../src/calls/dispatch-facts.ts';
import type {
  CallStore,
  CallTimers,
  DialFactsReader,
  DispatchQueue,
  IdempotencyRecords,
} from '../../../src/calls/ports.ts';
import type { AgentStates, OrderGateway } from '../../../src/calls/order-gateway.ts';
import type { TaskGateway } from '../../../src/calls/task-gateway.ts';
import type { ListFact } from '../../../src/policy/types.ts';
import type { Clock } from '../../../src/shared/clock.ts';
import type { SignInSecret } from '../../../src/sign-in/ports.ts';
import type {
  ScheduledCallbacks,
  SuppressionBus,
  SuppressionStore,
  WebexDncList,
  WebexSuppressionQueue,
} from '../../../src/suppression/ports.ts';
import { CachedAccessTokens } from '../../../src/tokens/access-tokens.ts';
import type { AccessTokens, SecretVersions, TokenEndpoint, TokenTester } from '../../../src/tokens/ports.ts';
import type { ServiceFaults } from '../engine/invocation.ts';
import type { Worker } from '../engine/worker.ts';
import type { World } from '../world/world.ts';
import { createAgentStates } from './agent-desk.ts';
import { createListClient } from './list-client.ts';
import { createOrderClient } from './order-client.ts';
import { SimulatedTaskGateway } from './task-gateway.ts';
import {
  createRotatableSecret,
  createSecretVersions,
  createSignInSecret,
  createTokenEndpoint,
  createTokenTester,
} from './token-ports.ts';
import { WebexWire } from './webex-wire.ts';

/** Everything a use case may ask for, as one worker sees it. */
export interface Ports {
  readonly calls: CallStore;
  readonly idempotency: IdempotencyRecords;
  readonly facts: DialFactsReader;
  readonly suppressions: SuppressionStore;
  readonly bans: BanStore;
  readonly queue: DispatchQueue;
  readonly timers: CallTimers;
  readonly tasks: TaskGateway;
  readonly orders: OrderGateway;
  readonly agents: AgentStates;
  readonly webexLists: readonly WebexDncList[];
  readonly scheduledCallbacks: ScheduledCallbacks;
  /** The queue to Webex's lists. */
  readonly webex: WebexSuppressionQueue;
  readonly bus: SuppressionBus;
  readonly accessTokens: AccessTokens;
  readonly secret: SecretVersions;
  readonly signInSecret: SignInSecret;
  readonly endpoint: TokenEndpoint;
  readonly tester: TokenTester;
  /** What the rotation could not store yet. */
  readonly unsaved: Map<string, string>;
  readonly clock: Clock;
}

/** A look-up may make three requests, and the call's own request needs 10 s of the function's 30. */
const dispatchLookUpMsMax = 4_000;

/** Seldomer than the functions look: most of a history would be looking at a secret that does not change yet. */
const tokenPollMs = 2_000;

/** The ports of one worker: each use is a request that takes time, may fail, and is where the worker may die. */
export function portsOf(world: World, worker: Worker): Ports {
  const facts = ledgerFactsOf(world, worker);
  const ledger = { ...ledgerPortsOf(world, worker), clock: worker.clock };
  if (!reachWebex.has(worker.functionName)) return { ...ledger, ...noWebex, facts };
  const forDispatch = worker.functionName === 'dispatch';
  const token = tokenPortsOf(world, worker);
  const webex = webexPortsOf(world, worker, token.accessTokens, forDispatch ? dispatchLookUpMsMax : undefined);
  return {
    ...ledger,
    ...token,
    ...webex,
    facts: forDispatch ? dispatchFacts(world, worker, facts, webex.webexLists) : facts,
  };
}

/** The functions that hold a token, or make one. */
const reachWebex: ReadonlySet<string> = new Set(['dispatch', 'sweep', 'propagate', 'rotate', 'sign-in']);

/** What a function does not have it cannot use. */
const absent = new Proxy({} as never, {
  get(_target, name) {
    throw new TypeError(`This function does not reach Webex; it asked for ${String(name)}.`);
  },
});
const noWebex: ReturnType<typeof tokenPortsOf> & ReturnType<typeof webexPortsOf> = {
  accessTokens: absent,
  secret: absent,
  signInSecret: absent,
  endpoint: absent,
  tester: absent,
  unsaved: absent,
  tasks: absent,
  orders: absent,
  agents: absent,
  webexLists: absent,
  scheduledCallbacks: absent,
};

function ledgerPortsOf(world: World, worker: Worker) {
  const { ledger } = world;
  const staleMs = (): number => world.chances.index.int(0, world.faults.staleIndexMs);
  const reading = (): ServiceFaults => world.readFaults;
  const writing = (): ServiceFaults => world.faults;
  const calls: CallStore = {
    accept: (call, decision, request, also) =>
      worker.request(`accept ${call.id}`, writing(), () => ledger.accept(call, decision, request, also)),
    commit: (change, attemptLog) =>
      worker.request(describe(change), writing(), () =>
        world.chances.conflict.chance(world.faults.transactionConflict)
          ? 'conflict'
          : ledger.commit(change, attemptLog),
      ),
    get: (callId) => worker.request(`get ${callId}`, reading(), () => ledger.get(callId)),
    record: (callId) => worker.request(`record ${callId}`, reading(), () => ledger.record(callId)),
    findByNumber: (number, limit) =>
      worker.request(`find ${number}`, reading(), () => ledger.findByNumber(number, limit, staleMs())),
    openCallIds: (number, lines) =>
      worker.request(`locks of ${number}`, reading(), () => ledger.openCallIds(number, lines)),
    due: (atMs, limit) => worker.request('due', reading(), () => ledger.due(atMs, limit, staleMs())),
  };
  const idempotency: IdempotencyRecords = {
    find: (keySha256) => worker.request('find key', reading(), () => ledger.requests.get(keySha256)),
    remember: (request, callId, nowMs) =>
      worker.request(`keep key for ${callId}`, writing(), () => ledger.remember(request, callId, nowMs)),
  };
  const suppressions: SuppressionStore = {
    find: (number) => worker.request(`find ${number}`, reading(), () => ledger.suppressions.get(number)),
    add: (entry) => worker.request(`list ${entry.number}`, writing(), () => ledger.suppress(entry)),
    remove: (number) =>
      worker.request(`take ${number} off the list`, writing(), () => {
        world.factRules.suppressionRemoved(number);
        return ledger.release(number);
      }),
  };
  const bans: BanStore = {
    read: () => worker.request('read bans', reading(), () => ledger.bans),
    change: (before, next) => worker.request('write bans', writing(), () => ledger.changeBans(before, next)),
  };
  const send = (what: string, queued: () => void): Promise<void> => worker.request(what, writing(), queued);
  return {
    calls,
    idempotency,
    suppressions,
    bans,
    queue: {
      send: (callId: string, delaySeconds: number) =>
        send(`queue ${callId}`, () => world.queue.send(callId, delaySeconds)),
    },
    timers: {
      set: (callId: string, atMs: number) => send(`set timer ${callId}`, () => world.timers.set(callId, atMs)),
      clear: (callId: string) => send(`clear timer ${callId}`, () => world.timers.clear(callId)),
    },
    webex: { send: (number: string) => send(`queue ${number}`, () => world.suppressionQueue.send(number, 0)) },
    bus: { numberSuppressed: () => send('tell the bus', () => undefined) },
  };
}

function ledgerFactsOf(world: World, worker: Worker): DialFactsReader {
  const { ledger } = world;
  return {
    read: (number, moment, call) =>
      worker.request(`facts of ${number}`, world.readFaults, () => {
        const unreadable = world.chances.lists.chance(world.faults.listsUnreadable);
        const state = unreadable ? 'unreadable' : ledger.suppressions.has(number) ? 'listed' : 'clear';
        return {
          lists: [{ list: 'internal', state }],
          attemptLog: ledger.attemptLog(number),
          bans: unreadable ? 'unreadable' : ledger.bans.bans,
          ...(moment === 'request' && call?.slot && { slotTaken: ledger.slotTaken(call.line, call.slot.fromMs) }),
        } as const;
      }),
  };
}

/** What is read before a call is dialed: the real reader over the ledger, Webex's lists and a copy of the registry. */
function dispatchFacts(
  world: World,
  worker: Worker,
  ledger: DialFactsReader,
  webexLists: readonly WebexDncList[],
): DialFactsReader {
  const { registry } = world;
  const lookUp = (number: string): Promise<ListFact> =>
    worker.request(`registry ${number}`, { ...world.readFaults, throttled: 0 }, () =>
      world.chances.lists.chance(world.faults.listsUnreadable)
        ? { list: 'registry:US', state: 'unreadable' }
        : registry.factOf(number, world.engine.nowMs),
    );
  return new DispatchFacts({
    ledger,
    webexLists,
    registries: registry.isSubscribed ? { 'registry:US': lookUp } : {},
    registriesAsked: registry.isSubscribed ? world.policy.registriesAsked : () => [],
    clock: worker.clock,
    onUnreadable: () => undefined,
  });
}

function tokenPortsOf(world: World, worker: Worker) {
  const deps = {
    worker,
    secret: world.secret,
    rotation: world.rotation,
    tokens: world.webex.tokens,
    chance: world.chances.tokens,
    reading: () => world.readFaults,
    faults: () => world.faults,
    newVersionId: () => world.newId('version'),
  };
  return {
    accessTokens: new CachedAccessTokens(createRotatableSecret(deps), worker.clock, { pollMs: tokenPollMs }),
    secret: createSecretVersions(deps),
    signInSecret: createSignInSecret(deps),
    endpoint: createTokenEndpoint(deps),
    unsaved: new Map<string, string>(),
  };
}

function webexPortsOf(world: World, worker: Worker, tokens: AccessTokens, requestMsMax: number | undefined) {
  const { webex } = world;
  const faults = () => world.faults;
  const wire = new WebexWire({
    worker,
    webex,
    tokens,
    bucket: world.bucket,
    rules: world.bucketRules,
    chance: world.chances.webex,
    serviceFaults: faults,
  });
  const deps = {
    worker,
    wire,
    webex,
    chance: world.chances.webexLists,
    faults,
    organizationId: world.settings.organization.id,
    lane: 'outdials' as const,
    after: (delayMs: number, run: () => void) => world.engine.after(delayMs, run),
  };
  const client = createListClient(deps);
  const orderClient = createOrderClient({
    ...deps,
    callbacks: webex.callbacks,
    watcher: world.orderRules,
    chance: world.chances.callbacks,
  });
  return {
    tasks: new SimulatedTaskGateway(wire, webex, world.chances.webex, faults),
    webexLists: webex.lists.names.map(
      (name) => new WebexDnc(client, name, { ...(requestMsMax !== undefined && { requestMsMax }) }),
    ),
    orders: new WebexOrderGateway(orderClient),
    agents: createAgentStates({ worker, wire, desk: world.agentDesk, chance: world.chances.callbacks, faults }),
    scheduledCallbacks: new WebexScheduledCallbacks(orderClient, { lane: 'outdials' }),
    tester: createTokenTester(wire),
  };
}

function describe({ from, call, attempt }: Parameters<CallStore['commit']>[0]): string {
  const step = attempt ? `, attempt ${attempt.next.ordinal} ${attempt.next.status}` : '';
  return `write ${call.id} ${from.status} -> ${call.status}${step}`;
}
