import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type RuleName, ruleNames } from './world/violations.ts';

export interface SimulateOptions {
  readonly seeds: number;
  readonly calls: number;
  /** The first seed; the others follow. */
  readonly firstSeed: number;
  /** Name of a deliberate bug. */
  readonly mutant?: string;
  /** Whether the first failing seed ends it. */
  readonly stopAtFirst?: boolean;
  readonly workersMax?: number;
  readonly onProgress?: (seedsDone: number) => void;
}

/** What `--json` writes. */
export interface SimulationReport {
  readonly seeds: number;
  readonly calls: number;
  readonly tasks: number;
  readonly seconds: number;
  readonly violations: Readonly<Record<(typeof ruleNames)[number], number>>;
  readonly failingSeeds: readonly number[];
}

export interface Simulation {
  readonly report: SimulationReport;
  /** Calls in the ledgers: more than were asked for, as people also ask twice and on other lines. */
  readonly accepted: number;
  /** What broke first, of the lowest failing seed that was run. */
  readonly first?: FailedSeed;
}

export interface FailedSeed {
  readonly seed: number;
  readonly rule: RuleName;
  readonly words: string;
}

/** A piece of work for a worker thread, and what comes back. */
export interface Share {
  readonly fromSeed: number;
  readonly toSeed: number;
  readonly calls: number;
  readonly mutant: string | undefined;
  readonly stopAtFirst: boolean;
}
export interface ShareResult {
  readonly seeds: number;
  readonly tasks: number;
  readonly accepted: number;
  readonly violations: Readonly<Partial<Record<RuleName, number>>>;
  readonly failed: readonly FailedSeed[];
}

const shareSeeds = 10;

/** Runs many seeds on all processors. */
export async function simulate(options: SimulateOptions): Promise<Simulation> {
  const startedMs = performance.now();
  const shares = sharesOf(options);
  const results: ShareResult[] = [];
  let seedsDone = 0;
  const take = (result: ShareResult): void => {
    results.push(result);
    seedsDone += result.seeds;
    options.onProgress?.(seedsDone);
    if (options.stopAtFirst && result.failed.length > 0) shares.length = 0;
  };
  const workers = Math.min(options.workersMax ?? availableParallelism(), shares.length);
  await Promise.all(Array.from({ length: workers }, () => work(shares, take)));

  const failed = results.flatMap((result) => result.failed).toSorted((one, other) => one.seed - other.seed);
  const count = (rule: RuleName): number => results.reduce((sum, result) => sum + (result.violations[rule] ?? 0), 0);
  return {
    report: {
      seeds: seedsDone,
      calls: seedsDone * options.calls,
      tasks: results.reduce((sum, result) => sum + result.tasks, 0),
      seconds: Math.round((performance.now() - startedMs) / 10) / 100,
      violations: Object.fromEntries(ruleNames.map((rule) => [rule, count(rule)])) as SimulationReport['violations'],
      failingSeeds: failed.map(({ seed }) => seed),
    },
    accepted: results.reduce((sum, result) => sum + result.accepted, 0),
    ...(failed[0] && { first: failed[0] }),
  };
}

function sharesOf({ seeds, calls, firstSeed, mutant, stopAtFirst = false }: SimulateOptions): Share[] {
  const shares: Share[] = [];
  for (let fromSeed = firstSeed; fromSeed < firstSeed + seeds; fromSeed += shareSeeds) {
    const toSeed = Math.min(fromSeed + shareSeeds, firstSeed + seeds) - 1;
    shares.push({ fromSeed, toSeed, calls, mutant, stopAtFirst });
  }
  return shares;
}

/** One thread: takes share after share until none is left. */
function work(shares: Share[], take: (result: ShareResult) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('simulation-worker.ts', import.meta.url), {
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: 64 },
    });
    const next = (): void => {
      const share = shares.shift();
      if (share) thread.postMessage(share, []);
      else thread.terminate().then(() => resolve(), reject);
    };
    thread.on('message', (result: ShareResult) => {
      take(result);
      next();
    });
    thread.on('error', reject);
    next();
  });
}
