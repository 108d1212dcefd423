import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runSeed } from './run-seed.ts';
import { shrink } from './shrink.ts';
import { type FailedSeed, simulate } from './simulate.ts';
import { traceViolation } from './trace.ts';
import type { Mutant } from './world/mutant.ts';
import { mutants } from './world/mutants.ts';

const usage =
  'npm run simulate -- --seeds N --calls M [--seed S] [--json FILE] [--mutants]\n' +
  '  --seeds N    histories to run (100; with --mutants at most so many for each bug, 1000)\n' +
  '  --calls M    people who ask to be called in each history (100)\n' +
  '  --seed S     the first seed, the others follow (1)\n' +
  '  --json FILE  writes the counts to a file\n' +
  '  --mutants    shows that deliberate bugs are found';

class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Options {
  readonly seeds: number;
  readonly calls: number;
  readonly seed: number;
  readonly json: string | undefined;
  readonly mutants: boolean;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      calls: { type: 'string' },
      seed: { type: 'string' },
      json: { type: 'string' },
      mutants: { type: 'boolean', default: false },
    },
  });
  return {
    seeds: whole('--seeds', values.seeds, { least: 1, most: 1_000_000, otherwise: values.mutants ? 1_000 : 100 }),
    calls: whole('--calls', values.calls, { least: 1, most: 9_999, otherwise: 100 }),
    seed: whole('--seed', values.seed, { least: 0, most: 2 ** 31, otherwise: 1 }),
    json: values.json,
    mutants: values.mutants,
  };
}

function whole(
  name: string,
  text: string | undefined,
  { least, most, otherwise }: { least: number; most: number; otherwise: number },
): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`${name} must be a whole number from ${least} to ${most}, got ${text}.`);
}

async function runSeeds(options: Options): Promise<boolean> {
  const { report, accepted, first } = await simulate({
    seeds: options.seeds,
    calls: options.calls,
    firstSeed: options.seed,
    onProgress: progress(options.seeds),
  });
  if (options.json) writeFileSync(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
  const broken = Object.entries(report.violations).filter(([, count]) => count > 0);
  console.log(
    `${report.seeds} histories, ${report.calls} people, ${accepted} calls in the ledgers, ${report.tasks} tasks in ${report.seconds} s.`,
  );
  if (!first) {
    console.log('No rule was broken.');
    return true;
  }
  console.log(`Broken: ${broken.map(([rule, count]) => `${rule} ${count}`).join(', ') || first.rule}.`);
  console.log(`Failing seeds: ${report.failingSeeds.slice(0, 50).join(', ')}.`);
  await explain(first, options.calls);
  return false;
}

/** Prints the shortest history that breaks what a seed broke. */
async function explain({ seed, rule, words }: FailedSeed, calls: number, mutant?: Mutant): Promise<void> {
  console.log(`Seed ${seed} broke ${rule}: ${words}.`);
  const shortest = await shrink({ seed, calls, mutant }, rule);
  const { faults } = await runSeed(shortest);
  console.log(
    `Shortest history found: ${shortest.calls} of ${calls} people, variation ${shortest.variation ?? 0}, faults: ${faults.join(', ') || 'none'}.`,
  );
  for (const line of await traceViolation(shortest)) console.log(line);
}

async function runMutants(options: Options): Promise<boolean> {
  const results: { mutant: string; seed: number | null; rule: string | null; seconds: number }[] = [];
  for (const mutant of mutants) {
    const { report, first } = await simulate({
      seeds: options.seeds,
      calls: options.calls,
      firstSeed: options.seed,
      mutant: mutant.name,
      stopAtFirst: true,
    });
    const { seconds } = report;
    results.push({ mutant: mutant.name, seed: first?.seed ?? null, rule: first?.rule ?? null, seconds });
    console.log(`\n${mutant.name}: ${first ? `found in ${seconds} s` : `NOT FOUND in ${report.seeds} seeds`}.`);
    if (first) await explain(first, options.calls, mutant);
  }
  if (options.json) writeFileSync(options.json, `${JSON.stringify({ mutants: results }, undefined, 2)}\n`);
  return results.every(({ seed }) => seed !== null);
}

/** A line a second, where somebody watches. */
function progress(seeds: number): (seedsDone: number) => void {
  let lastMs = performance.now();
  return (seedsDone) => {
    if (!process.stderr.isTTY || performance.now() - lastMs < 1_000) return;
    lastMs = performance.now();
    process.stderr.write(`\r${seedsDone} of ${seeds} seeds\u001B[K${seedsDone === seeds ? '\n' : ''}`);
  };
}

try {
  const options = readOptions();
  const held = await (options.mutants ? runMutants(options) : runSeeds(options));
  process.exitCode = held ? 0 : 1;
} catch (error) {
  if (!(error instanceof UsageError) && !(error instanceof TypeError && 'code' in error)) throw error;
  console.error(`${error.message}\n${usage}`);
  process.exitCode = 2;
}
