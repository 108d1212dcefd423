import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/policy/decide.ts';
import type { Rule } from '../../../src/policy/rule.ts';
import { compileTable } from '../../../src/policy/table.ts';
import type { DialFacts } from '../../../src/policy/types.ts';
import { oracle } from './oracle.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const SEED = 20_261_120;

/** One zone, two zones, no summer time, half-hour changes, many zones, the edges of the day. */
const NUMBERS = (
  '+14155550132 +13055550132 +18505550132 +12085550132 +19285550132 +17095550132 +16025550132 ' +
  '+442071234567 +33612345678 +61892345678 +61412345678 +541123456789 +16715550132 +351291234567 ' +
  '+9779812345678 +6421123456 +79161234567 +56221234567'
).split(' ');

/** Clock changes of 2026 to 2028 in America, Europe, Australia with Lord Howe, New Zealand and Chile. */
const CLOCK_CHANGES = (
  '2026-11-01T09:00Z 2027-03-14T10:00Z 2027-11-07T06:00Z 2028-03-12T08:00Z 2027-03-14T03:30Z ' +
  '2026-10-25T01:00Z 2027-03-28T01:00Z 2027-10-31T01:00Z 2026-10-03T16:00Z 2026-10-03T15:30Z ' +
  '2027-04-03T16:00Z 2027-04-03T15:00Z 2026-09-26T14:00Z 2027-04-04T03:00Z 2027-09-05T04:00Z'
)
  .split(' ')
  .map((text) => Date.parse(text));

const minute = fc.integer({ min: 0, max: 1_440 });
const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** Sorted cuts of a day, taken in pairs: disjoint windows, some of which touch midnight or lie in a skipped hour. */
const windows = fc
  .uniqueArray(
    fc.oneof(
      { weight: 3, arbitrary: minute },
      { weight: 2, arbitrary: fc.constantFrom(0, 120, 150, 180, 480, 1_200, 1_440) },
    ),
    {
      minLength: 2,
      maxLength: 6,
    },
  )
  .map((cuts) => {
    const sorted = [...cuts].sort((a, b) => a - b);
    return Array.from(
      { length: Math.floor(sorted.length / 2) },
      (_, index) => `${clock(sorted[index * 2] ?? 0)}-${clock(sorted[index * 2 + 1] ?? 0)}`,
    );
  });

/** A value in one of `every` cases, else nothing. */
const sometimes = <T>(every: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 1, arbitrary }, { weight: every - 1, arbitrary: fc.constant(undefined) });

/** A week of windows, by weekday or span of weekdays. */
const hours = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ 'mon-fri': windows, 'sat-sun': fc.oneof(windows, fc.constant<string[]>([])) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      'mon-sun': fc.constantFrom<string[]>(
        ['00:00-24:00'],
        ['00:00-02:30', '05:00-24:00'],
        ['02:30-23:00'],
        ['00:00-01:30', '02:00-24:00'],
        ['08:00-21:00'],
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ 'fri-mon': windows, wed: windows }) },
);

const dateNear = (atMs: number) =>
  fc.integer({ min: -3, max: 12 }).map((days) => new Date(atMs + days * DAY_MS).toISOString().slice(0, 10));

/** Dates near the verdict or near the end of the time that it looks ahead. */
const lastDateNear = (atMs: number) => fc.oneof(dateNear(atMs), dateNear(atMs + 27 * DAY_MS));

const cap = fc.record({
  count: fc.integer({ min: 1, max: 4 }),
  windowHours: fc.integer({ min: 1, max: 100 }),
  per: fc.constant('number' as const),
});

const ruleNear = (atMs: number, index: number): fc.Arbitrary<Rule> =>
  fc
    .record({
      jurisdiction: fc.constantFrom('*', '*', 'US', 'US-FL', 'GB', 'AU', 'FR'),
      hours,
      breaks: sometimes(4, fc.constantFrom<string[]>(['13:00-14:00'], ['01:30-02:30', '12:00-12:01'])),
      holidays: sometimes(
        4,
        fc.record({
          dates: fc.array(dateNear(atMs), { minLength: 1, maxLength: 3 }),
          hours: fc.oneof(fc.constant<string[]>([]), windows),
        }),
      ),
      caps: sometimes(4, fc.array(cap, { minLength: 1, maxLength: 2 })),
      timeZone: fc.constantFrom('called-party', 'called-party', 'called-party', 'America/Chicago'),
      effectiveFrom: sometimes(6, dateNear(atMs)),
      effectiveTo: sometimes(6, lastDateNear(atMs)),
    })
    .map(({ effectiveFrom, effectiveTo, hours: week, ...rule }) => ({
      ...rule,
      hours: { ...week } as Record<string, string[]>,
      id: `random-${index}`,
      scope: 'any' as const,
      liftedBy: [],
      // Caps bind by whole days, hours to the minute, so a rule that begins or ends has no caps here.
      ...((effectiveFrom ?? effectiveTo) !== undefined && { caps: undefined }),
      effectiveFrom,
      ...(effectiveTo !== undefined && effectiveFrom !== undefined && effectiveTo < effectiveFrom
        ? {}
        : { effectiveTo }),
      citation: 'a random rule',
      url: 'https://example.com/',
      asOf: '2026-11-20',
      verified: true,
    }));

const lineDay = windows.map((list) => list.map((text) => [text.slice(0, 5), text.slice(6)] as const));
const lineHours = fc.record({
  timeZone: fc.constantFrom('America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe'),
  weekdays: fc.record(
    { mon: lineDay, tue: lineDay, wed: lineDay, thu: lineDay, fri: lineDay, sat: lineDay },
    { requiredKeys: ['tue', 'sat'] },
  ),
});

const instant = fc.oneof(
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...CLOCK_CHANGES), fc.integer({ min: -1_500, max: 1_500 }))
      .map(([changeMs, minutes]) => changeMs + minutes * MINUTE_MS),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 0, max: 2 * 365 * 1_440 })
      .map((minutes) => Date.parse('2026-06-01T00:00Z') + minutes * MINUTE_MS),
  },
);

interface Case {
  readonly facts: DialFacts;
  readonly rules: readonly Rule[];
  readonly guardMinutes: number;
}

const cases: fc.Arbitrary<Case> = instant.chain((atMs) => {
  const later = (maxMinutes: number) =>
    fc.integer({ min: 0, max: maxMinutes }).map((minutes) => atMs + minutes * MINUTE_MS);
  const ban = fc.record({
    fromMinutes: fc.integer({ min: -600, max: 2_000 }),
    minutes: sometimes(2, fc.integer({ min: 1, max: 3_000 })),
  });
  const earlier = fc.integer({ min: -9_000, max: 5 }).map((minutes) => atMs + minutes * MINUTE_MS);
  return fc
    .record({
      number: fc.constantFrom(...NUMBERS),
      browserTimeZone: sometimes(8, fc.constantFrom('America/St_Johns', 'Asia/Kathmandu', 'Europe/London')),
      attemptsMs: sometimes(3, fc.array(earlier, { maxLength: 9 })),
      window: sometimes(4, fc.record({ fromMs: later(5_000), toMs: sometimes(2, later(9_000)) })),
      lineHours: sometimes(6, lineHours),
      bans: sometimes(4, fc.array(ban, { maxLength: 2 })),
      rules: fc
        .constantFrom(0, 1, 1, 1, 2, 2, 3)
        .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => ruleNear(atMs, index)))),
      guardMinutes: fc.constantFrom(0, 2, 2, 2, 7, 45),
    })
    .map(({ rules, guardMinutes, attemptsMs, bans, ...place }) => ({
      rules,
      guardMinutes,
      facts: {
        ...place,
        atMs,
        kind: 'outdial',
        purpose: 'service',
        bases: [],
        lists: [{ list: 'internal', state: 'clear' }],
        attemptsMs: attemptsMs ?? [],
        attemptsOfCall: 0,
        bans: (bans ?? []).map(({ fromMinutes, minutes }, index) => {
          const fromMs = atMs + fromMinutes * MINUTE_MS;
          const jurisdiction = candidateCountry(place.number);
          return {
            id: `${index}`,
            jurisdiction,
            fromMs,
            reason: 'storm',
            ...(minutes !== undefined && { toMs: fromMs + minutes * MINUTE_MS }),
          };
        }),
      },
    }));
});

/** A jurisdiction that concerns some numbers and not others. */
const candidateCountry = (number: string): string => (number.startsWith('+1') ? 'US' : 'AU');

describe('decide', () => {
  it('agrees with the minute-by-minute oracle on 10,000 random numbers, rules and instants', {
    timeout: 120_000,
  }, () => {
    const seen = { allow: 0, defer: 0, deny: 0 };
    fc.assert(
      fc.property(cases, ({ facts, rules, guardMinutes }) => {
        const table = compileTable(rules, { windowGuardMinutes: guardMinutes });

        const decision = decide(facts, table);

        const expected = concerning(
          oracle,
          facts,
          table.rules.map(({ rule }) => rule),
          guardMinutes,
        );
        seen[decision.verdict] += 1;
        expect(
          decision.verdict === 'defer'
            ? { verdict: 'defer', untilMs: decision.untilMs }
            : { verdict: decision.verdict },
        ).toEqual(expected);
      }),
      { seed: SEED, numRuns: 10_000 },
    );
    // The cases must not all come out alike, else the comparison says little.
    expect(Math.min(seen.allow, seen.defer, seen.deny)).toBeGreaterThan(500);
  });
});

/** Bans of another country do not concern the number; the oracle is told only those that do. */
function concerning(judge: typeof oracle, facts: DialFacts, rules: readonly Rule[], guardMinutes: number) {
  const isConcerned = facts.number.startsWith('+1') || facts.number.startsWith('+61');
  const isUnitedStates = !['+17095550132'].includes(facts.number);
  const bans = facts.bans === 'unreadable' || (isConcerned && isUnitedStates) ? facts.bans : [];
  return judge({ ...facts, bans }, rules, guardMinutes);
}
