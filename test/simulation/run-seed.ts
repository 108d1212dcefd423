import { faultNames } from './world/faults.ts';
import { Operators } from './world/operators.ts';
import { People } from './world/people.ts';
import type { Violation } from './world/violations.ts';
import { World, type WorldOptions } from './world/world.ts';

export interface History {
  readonly seed: number;
  /** Calls that were accepted. */
  readonly accepted: number;
  readonly tasks: number;
  readonly violations: readonly Violation[];
  /** Faults that were on. */
  readonly faults: readonly string[];
  readonly days: number;
}

/** Long after the last call has expired and the last outcome was given up. */
const endsAfterMs = 40 * 86_400_000;

/** Runs one seed to its end: until every call is over and nothing is left to happen. */
export async function runSeed(options: WorldOptions): Promise<History> {
  const { stackTraceLimit } = Error;
  // Faults come by the million, and where one was thrown is of no interest to anybody who does not read the trace.
  if (!options.trace) Error.stackTraceLimit = 0;
  try {
    return await tellHistory(options);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

async function tellHistory(options: WorldOptions): Promise<History> {
  const world = new World(options);
  const faults = faultNames.filter((name) => world.faults[name] > 0);
  const people = new People(world, options.calls);
  people.begin();
  new Operators(world).begin(people.numbers);
  await world.engine.run(world.startMs + endsAfterMs);
  world.rules.end();
  world.listRules.end(world.ledger, world.webex, world.violations);
  return {
    seed: options.seed,
    accepted: world.ledger.rows.size,
    tasks: world.webex.tasks.length,
    violations: world.violations.all,
    faults,
    days: (world.engine.nowMs - world.startMs) / 86_400_000,
  };
}
