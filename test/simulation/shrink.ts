import { runSeed } from './run-seed.ts';
import { type FaultName, faultNames } from './world/faults.ts';
import type { RuleName } from './world/violations.ts';
import type { WorldOptions } from './world/world.ts';

/** Courses of a seed that are tried for each number of calls. */
const variationsMax = 40;

/** Numbers of calls, fewest first: a short story is one of few people. */
const sizes = [1, 2, 3, 4, 6, 9, 14, 20, 30, 50, 80];

/**
 * Looks for a shorter history that breaks the same rule: fewer calls first, then fewer kinds of faults. Settings and
 * faults are the failing seed's; what chance does in them is tried anew, because a smaller world is another one.
 */
export async function shrink(failing: WorldOptions, rule: RuleName): Promise<WorldOptions> {
  let shortest = await withFewerCalls(failing, rule);
  for (const name of faultNames) {
    const off: ReadonlySet<FaultName> = new Set([...(shortest.off ?? []), name]);
    for (let variation = 0; variation < variationsMax; variation += 1) {
      const candidate = { ...shortest, off, variation };
      if (!(await breaks(candidate, rule))) continue;
      shortest = candidate;
      break;
    }
  }
  return shortest;
}

async function withFewerCalls(failing: WorldOptions, rule: RuleName): Promise<WorldOptions> {
  for (const calls of sizes.filter((size) => size < failing.calls)) {
    for (let variation = 0; variation < variationsMax; variation += 1) {
      const candidate = { ...failing, calls, variation };
      if (await breaks(candidate, rule)) return candidate;
    }
  }
  return failing;
}

async function breaks(options: WorldOptions, rule: RuleName): Promise<boolean> {
  const { violations } = await runSeed(options);
  return violations[0]?.rule === rule;
}
