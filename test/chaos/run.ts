import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { type RunningStack, startStack } from '../support/running-stack.ts';
import { type VictimKind, victimsOf } from './victims.ts';

export interface ChaosOptions {
  readonly calls: number;
  readonly kills: number;
  readonly seed: number;
  readonly dataDir: string;
  readonly log: (line: string) => void;
}

export interface ChaosResult {
  readonly calls: number;
  /** Requests that were answered 202. */
  readonly accepted: number;
  readonly kills: number;
  /** Accepted calls without a task. */
  readonly lost: number;
  /** Calls with more than one task. */
  readonly doubled: number;
  readonly killed: Readonly<Partial<Record<VictimKind, number>>>;
  readonly seconds: number;
  readonly seed: number;
}

/** Requests on their way at once. */
const concurrency = 6;
/** Tries of one request with the same Idempotency-Key, as a good client makes; kills make many of them fail. */
const triesMax = 60;
/** Quiet must come within this time after the last kill: the settle time, the sweep and what waits behind them. */
const quietMsMax = 10 * 60_000;

/** What the simulator does wrong meanwhile, each with a share of the requests. */
const faults = (seed: number): object[] =>
  [
    { status: 503 },
    { status: 503, afterProcessing: true },
    { status: 429, headers: { 'retry-after': '2' } },
    { timeoutAfterProcessing: true },
    { dropBefore: true },
    { dropAfter: true },
  ].map((effect, index) => ({ operation: 'createTask', effect, probability: 0.02, seed: seed + index }));

/** Runs the stack under load, kills what it is made of at random, waits for quiet, and counts from the outside. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { calls, kills, seed, dataDir, log } = options;
  const startedMs = performance.now();
  const random = mulberry32(seed);
  const current: { stack: Promise<RunningStack> } = { stack: start(dataDir) };
  await (await current.stack).orderFaults(faults(seed));
  log(`Started; seed ${seed}.`);

  const accepted = new Map<string, string>();
  const killed: Partial<Record<VictimKind, number>> = {};
  const load = submitAll(current, calls, accepted);
  let loadIsOver = false;
  void load.then(() => {
    loadIsOver = true;
  });
  for (let count = 0; count < kills; count += 1) {
    await setTimeout(500 + random() * 4_000);
    const kind = await killOne(await current.stack, random);
    killed[kind] = (killed[kind] ?? 0) + 1;
    log(`Kill ${count + 1} of ${kills}: ${kind}; ${accepted.size} accepted${loadIsOver ? ', all sent' : ''}.`);
    current.stack = restartIfNeeded(await current.stack, kind, dataDir, log);
    await current.stack;
  }
  await load;
  const stack = await current.stack;
  await stack.orderFaults([]);
  log(`All ${calls} sent, ${accepted.size} accepted; waiting for quiet.`);
  const { lost, doubled } = await quiet(stack, accepted, log);
  await stack.stop();
  return {
    calls,
    accepted: accepted.size,
    kills,
    lost,
    doubled,
    killed,
    seconds: Math.round((performance.now() - startedMs) / 1_000),
    seed,
  };
}

const start = (dataDir: string): Promise<RunningStack> => startStack(dataDir, [], ['test/chaos/host.ts', dataDir]);

async function submitAll(
  current: { stack: Promise<RunningStack> },
  calls: number,
  accepted: Map<string, string>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < calls; index = next++) {
      const callId = await submit(current, numberOf(index));
      if (callId) accepted.set(callId, numberOf(index));
      await setTimeout(100);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

/** A request that is repeated until it is answered; the key makes all tries one request. */
async function submit(current: { stack: Promise<RunningStack> }, phone: string): Promise<string | undefined> {
  const key = randomUUID();
  for (let count = 0; count < triesMax; count += 1) {
    try {
      const { api } = await current.stack;
      const response = await fetch(`${api}/v1/callbacks`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify({ phone, line: 'billing', consent: { version: '2026-11', accepted: true } }),
        signal: AbortSignal.timeout(15_000),
      });
      if (response.status === 202) return ((await response.json()) as { id: string }).id;
    } catch {
      // The stack is down or the connection broke: exactly what is being tried out.
    }
    await setTimeout(500);
  }
  return undefined;
}

/** California, so that all of them are lawful whenever one is. */
const areas = ['415', '510', '650', '408', '213', '310', '619', '916', '707', '805'];
const numberOf = (index: number): string =>
  `+1${areas[index % areas.length]}555${String(1_000 + Math.floor(index / areas.length)).padStart(4, '0')}`;

async function killOne(stack: RunningStack, random: () => number): Promise<VictimKind> {
  const victims = victimsOf(stack.process.pid ?? 0);
  const kinds = [...new Set(victims.map((victim) => victim.kind))];
  const kind = kinds[Math.floor(random() * kinds.length)] ?? 'host';
  const ofKind = victims.filter((victim) => victim.kind === kind);
  const victim = ofKind[Math.floor(random() * ofKind.length)];
  if (victim) process.kill(victim.pid, 'SIGKILL');
  return kind;
}

/** A host that lost an engine may end itself; whatever ended is started again, as a supervisor would. */
async function restartIfNeeded(
  stack: RunningStack,
  kind: VictimKind,
  dataDir: string,
  log: (line: string) => void,
): Promise<RunningStack> {
  if (kind === 'function') return stack;
  await setTimeout(1_000);
  if (kind !== 'host' && (await answers(stack))) return stack;
  await stack.stop('SIGKILL');
  for (let count = 0; ; count += 1) {
    try {
      return await start(dataDir);
    } catch (error) {
      if (count >= 3) throw error;
      log(`The start failed, once more: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

async function answers(stack: RunningStack): Promise<boolean> {
  try {
    const response = await stack.asOperator('GET', '/v1/calls?number=%2B14155550100');
    return response.status === 200;
  } catch {
    return false;
  }
}

async function quiet(
  stack: RunningStack,
  accepted: ReadonlyMap<string, string>,
  log: (line: string) => void,
): Promise<{ lost: number; doubled: number }> {
  const untilMs = Date.now() + quietMsMax;
  let stableSince = Date.now();
  let tasksBefore = -1;
  for (;;) {
    const tasks = await stack.tasks();
    const perCall = new Map<string, number>();
    for (const task of tasks) {
      const callId = task.attributes['ringback_attempt']?.split('.')[0] ?? `unmarked ${task.id}`;
      perCall.set(callId, (perCall.get(callId) ?? 0) + 1);
    }
    const missing = [...accepted.keys()].filter((callId) => !perCall.has(callId));
    const doubled = [...perCall.values()].filter((count) => count > 1).length;
    if (tasks.length !== tasksBefore) {
      tasksBefore = tasks.length;
      stableSince = Date.now();
    }
    // Nothing new for longer than the settle time and a sweep: no attempt is left that could still be sent again.
    const isQuiet = missing.length === 0 && Date.now() - stableSince > 150_000;
    if (isQuiet || Date.now() > untilMs) {
      for (const callId of missing) log(`Lost: ${callId}`);
      return { lost: missing.length, doubled };
    }
    await setTimeout(2_000);
  }
}

/** A small seeded generator: the same seed makes the same kills, though not the same timing. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
