import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

export type EngineName = 'dynoxide' | 'dynamodb-local';

/** DynamoDB Local of this version needs Java 17. */
const javaVersionMin = 17;

/** The DynamoDB engines that run on this machine; the integration tests run on each. */
export function enginesHere(): readonly EngineName[] {
  return [...(hasDynoxide() ? (['dynoxide'] as const) : []), ...(hasJava() ? (['dynamodb-local'] as const) : [])];
}

/**
 * The engine that stacks and adapters of this test run use, unless a test names one itself. `vitest.config.ts` runs the
 * integration tests a second time with the other engine, where this machine has it.
 */
export const engineOfThisRun = (): 'auto' | EngineName => {
  const named = process.env['RINGBACK_TEST_ENGINE'];
  if (named === undefined || named === '') return 'auto';
  if (named === 'dynoxide' || named === 'dynamodb-local') return named;
  throw new TypeError(`RINGBACK_TEST_ENGINE must be dynoxide or dynamodb-local, got ${named}.`);
};

function hasDynoxide(): boolean {
  try {
    return createRequire(import.meta.url).resolve('@dynoxide/linux-x64/package.json') !== '';
  } catch {
    // The package is optional: npm leaves it out on other platforms.
    return false;
  }
}

function hasJava(): boolean {
  const { stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const version = /version "(\d+)/.exec(stderr ?? '')?.[1];
  return version !== undefined && Number(version) >= javaVersionMin;
}
