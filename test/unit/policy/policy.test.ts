import { expect, test } from 'vitest';
import { createDecide, createTable } from '../../../src/policy/create-decide.ts';
import { policyOf } from '../../../src/policy/policy.ts';
import type { PolicyTable } from '../../../src/policy/table.ts';
import { clearFacts } from './facts.ts';

/** Hours with everything that a schedule can have. */
const choices = {
  rules: [
    {
      id: 'our-quiet-days',
      jurisdiction: 'US-FL',
      scope: 'any',
      hours: { 'mon-fri': ['10:00-17:00'] },
      holidays: { calendars: ['US'], dates: ['2026-11-24'], hours: [] },
      effectiveFrom: '2026-01-01',
      effectiveTo: '2026-12-31',
      liftedBy: [],
      timeZone: 'called-party',
      citation: 'A test',
      url: 'https://example.com',
      asOf: '2026-11-20',
      verified: true,
    },
  ],
};
/** What a function reads: the table that was built at synth, as JSON. */
const kept = (): PolicyTable => JSON.parse(JSON.stringify(createTable(choices))) as PolicyTable;

test('loses nothing of a table that is kept as JSON, its version with it', () => {
  expect(kept()).toStrictEqual(createTable(choices));
});

test.each(['2026-11-23T15:30:00Z', '2026-11-23T23:00:00Z', '2026-11-24T16:00:00Z', '2026-11-25T16:00:00Z'])(
  'decides at %s by a kept table as by a new one',
  (at) => {
    const facts = clearFacts('+13055550132', at);

    expect(policyOf(kept()).decide(facts)).toEqual(createDecide(choices)(facts));
  },
);
