import { parentPort } from 'node:worker_threads';
import { runSeed } from './run-seed.ts';
import type { FailedSeed, Share, ShareResult } from './simulate.ts';
import { mutants } from './world/mutants.ts';
import type { RuleName } from './world/violations.ts';

const main = parentPort;
main?.on('message', (share: Share) => {
  runShare(share).then(
    (result) => main.postMessage(result, []),
    // Thrown outside of the promise, so that it reaches the main thread as the worker's error.
    (error: unknown) => process.nextTick(() => rethrow(error)),
  );
});

function rethrow(error: unknown): never {
  throw error;
}

async function runShare({ fromSeed, toSeed, calls, mutant: name, stopAtFirst }: Share): Promise<ShareResult> {
  const mutant = mutants.find((candidate) => candidate.name === name);
  const violations: Partial<Record<RuleName, number>> = {};
  const failed: FailedSeed[] = [];
  let [seeds, tasks, accepted] = [0, 0, 0];
  for (let seed = fromSeed; seed <= toSeed; seed += 1) {
    const history = await runSeed({ seed, calls, mutant });
    seeds += 1;
    tasks += history.tasks;
    accepted += history.accepted;
    for (const { rule } of history.violations) violations[rule] = (violations[rule] ?? 0) + 1;
    const [first] = history.violations;
    if (first) failed.push({ seed, rule: first.rule, words: `${first.callId} ${first.words}` });
    if (first && stopAtFirst) break;
  }
  return { seeds, tasks, accepted, violations, failed };
}
