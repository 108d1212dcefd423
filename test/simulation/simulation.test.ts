import { describe, expect, it } from 'vitest';
import { runSeed } from './run-seed.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulate.ts';
import { traceSeed, traceViolation } from './trace.ts';
import type { Mutant } from './world/mutant.ts';
import { mutants } from './world/mutants.ts';
import { ruleNames } from './world/violations.ts';

const none = Object.fromEntries(ruleNames.map((rule) => [rule, 0]));

describe('simulate', () => {
  it('breaks no rule in 1,000 histories of 100 people', { timeout: 300_000 }, async () => {
    const { report } = await simulate({ seeds: 1_000, calls: 100, firstSeed: 1 });

    expect(report).toMatchObject({ seeds: 1_000, calls: 100_000, violations: none, failingSeeds: [] });
    expect(report.tasks).toBeGreaterThan(30_000);
  });

  it.each(mutants)('finds the bug $name by what it breaks: $breaks', { timeout: 120_000 }, async ({ name, breaks }) => {
    const { first } = await simulate({ seeds: 1_000, calls: 100, firstSeed: 1, mutant: name, stopAtFirst: true });

    expect(breaks).toContain(first?.rule);
  });
});

describe('traceSeed', () => {
  it('tells the same history again for the same seed', async () => {
    const first = await traceSeed({ seed: 7, calls: 20 });

    const second = await traceSeed({ seed: 7, calls: 20 });

    expect(first.lines.length).toBeGreaterThan(100);
    expect(second.lines).toEqual(first.lines);
  });

  it('tells another history for another seed', async () => {
    const first = await traceSeed({ seed: 7, calls: 20 });

    const second = await traceSeed({ seed: 8, calls: 20 });

    expect(second.lines).not.toEqual(first.lines);
  });
});

describe('shrink', () => {
  it('finds a history of fewer people that breaks the same rule and ends its trace at that step', async () => {
    const mutant = mutants.find(({ name }) => name === 'server-error-not-created');
    const failing = { seed: await firstDoubling(mutant), calls: 60, mutant };

    const shortest = await shrink(failing, 'doubled');

    expect(shortest.calls).toBeLessThan(10);
    expect((await traceViolation(shortest)).at(-1)).toContain('>>> doubled');
  });
});

async function firstDoubling(mutant: Mutant | undefined): Promise<number> {
  for (let seed = 1; seed <= 100; seed += 1) {
    const { violations } = await runSeed({ seed, calls: 60, mutant });
    if (violations[0]?.rule === 'doubled') return seed;
  }
  throw new Error('No history in 100 doubles a call.');
}
