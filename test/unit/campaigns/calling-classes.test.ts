import { describe, expect, it } from 'vitest';
import { type CallingClassSettings, CallingClasses } from '../../../src/campaigns/calling-classes.ts';
import { createPolicy } from '../../../src/policy/create-decide.ts';
import type { PolicyTable } from '../../../src/policy/table.ts';
import type { Basis, DialFacts } from '../../../src/policy/types.ts';
import { seeded } from '../budget/support/virtual-time.ts';
import { nowMs, table } from './support/planning.ts';

const dayMs = 86_400_000;
const policy = createPolicy();
const settings: CallingClassSettings = {
  table,
  bans: [],
  fromMs: nowMs,
  toMs: nowMs + 31 * dayMs,
  basis: undefined,
  automated: true,
};
const digitsOf = (number: string): number => Number(number.slice(1));

/** The verdict on one contact by itself, with the registries that it needs found clear. */
function alone(number: string, zone: string | undefined, bases: readonly Basis[]) {
  const bare: DialFacts = {
    number,
    atMs: settings.fromMs,
    kind: 'outdial',
    purpose: 'marketing',
    automated: true,
    bases,
    lists: [{ list: 'internal', state: 'clear' }],
    attemptsMs: [],
    attemptsOfCall: 0,
    ...(zone !== undefined && { browserTimeZone: zone }),
    window: { fromMs: settings.fromMs, toMs: settings.toMs },
    bans: [],
  };
  const asked = policy.registriesAsked(bare);
  const lists = [...bare.lists, ...asked.map((list) => ({ list, state: 'clear' as const, asOfMs: settings.fromMs }))];
  const decision = policy.decide({ ...bare, lists });
  return {
    asked,
    denied: decision.verdict === 'deny',
    opensMs: decision.verdict === 'defer' ? decision.untilMs : settings.fromMs,
  };
}

describe('CallingClasses', () => {
  it.each(['relationship', 'consent', 'request', undefined] as const)(
    'says of each contact what the policy says of it alone (basis: %s)',
    (type) => {
      const random = seeded(13);
      const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
      const basis = type && { type, inquiry: random() < 0.5 };
      const classes = new CallingClasses({ ...settings, basis });
      for (let contact = 0; contact < 300; contact += 1) {
        const line = String(Math.floor(random() * 10_000)).padStart(4, '0');
        const number = `+${pick([`1${200 + Math.floor(random() * 800)}555`, '4420794', '4915112', '331234', '614123'])}${line}`;
        const zone = pick([undefined, undefined, 'Pacific/Honolulu', 'America/New_York', 'Europe/Berlin']);
        // In steps of five weeks, so that no limit of the law falls into the life of the list in between.
        const startMs = nowMs - (35 * Math.floor(random() * 30) + 2) * dayMs;
        const lapses = [3, 6, 12, 18].some((months) => lapsesWithin(startMs, months));
        if (lapses) continue;

        const found = classes.get(classes.indexOf(number, digitsOf(number), zone, basis && startMs));

        const expected = alone(number, zone, basis ? [{ ...basis, startMs }] : []);
        expect({ number, zone, startMs, asked: found.asked, denied: found.rejected !== undefined }).toEqual({
          number,
          zone,
          startMs,
          asked: expected.asked,
          denied: expected.denied,
        });
        if (!expected.denied) expect(found.opensMs).toBe(expected.opensMs);
      }
    },
  );

  it('counts no basis that lapses before the list does', () => {
    const classes = new CallingClasses({ ...settings, basis: { type: 'relationship', inquiry: false } });
    const asked = (startMs: number) =>
      classes.get(classes.indexOf('+14155550132', 14_155_550_132, undefined, startMs)).asked;

    expect(asked(Date.UTC(2025, 5, 18, 18))).toEqual([]);
    expect(asked(Date.UTC(2025, 5, 18, 16))).toEqual(['registry:US']);
  });

  it('decides once for all contacts that the policy cannot tell apart', () => {
    const classes = new CallingClasses(settings);
    const one = classes.indexOf('+14155550132', 14_155_550_132, undefined, undefined);

    expect(classes.indexOf('+14155559999', 14_155_559_999, undefined, undefined)).toBe(one);
    expect(classes.indexOf('+12125550132', 12_125_550_132, undefined, undefined)).not.toBe(one);
    expect(classes.indexOf('+14155550132', 14_155_550_132, 'Pacific/Honolulu', undefined)).not.toBe(one);
  });

  it('takes no copy of a registry that is older than the rule allows, or of no age', () => {
    const classes = new CallingClasses(settings);
    const index = classes.indexOf('+14155550132', 14_155_550_132, undefined, undefined);

    expect(classes.copyEndsMs(index, 'registry:US', nowMs - 30 * dayMs)).toBe(nowMs + dayMs);
    expect(classes.copyEndsMs(index, 'registry:US', nowMs - 31 * dayMs)).toBeUndefined();
    expect(classes.copyEndsMs(index, 'registry:US', undefined)).toBeUndefined();
  });

  it('takes a copy no longer than the strictest rule that asks for the registry', () => {
    const built = table.rules.find(({ rule }) => rule.registry?.list === 'registry:US')?.rule;
    const strict = { rule: { ...built, id: 'ours', registry: { list: 'registry:US', maxAgeDays: 10 } } };
    const elsewhere = {
      rule: { ...strict.rule, id: 'theirs', jurisdiction: 'CA', registry: { list: 'registry:US', maxAgeDays: 2 } },
    };
    const stricter = { ...table, rules: [...table.rules, strict, elsewhere] } as PolicyTable;
    const classes = new CallingClasses({ ...settings, table: stricter });
    const index = classes.indexOf('+14155550132', 14_155_550_132, undefined, undefined);

    expect(classes.copyEndsMs(index, 'registry:US', nowMs - 9 * dayMs)).toBe(nowMs + dayMs);
    expect(classes.copyEndsMs(index, 'registry:US', nowMs - 11 * dayMs)).toBeUndefined();
  });
});

/** Whether so many months from the start end while the list lives. */
function lapsesWithin(startMs: number, months: number): boolean {
  const end = new Date(startMs);
  end.setUTCMonth(end.getUTCMonth() + months);
  return end.getTime() > settings.fromMs - 3 * dayMs && end.getTime() < settings.toMs + 3 * dayMs;
}
