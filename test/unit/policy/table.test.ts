import { describe, expect, it } from 'vitest';
import rules from '../../../src/policy/calling-rules.json' with { type: 'json' };
import { createDecide } from '../../../src/policy/create-decide.ts';
import { type PolicyChoices, PolicyTableError, compileTable } from '../../../src/policy/table.ts';
import { clearFacts } from './facts.ts';

const messageOf = (builtIn: unknown, choices?: PolicyChoices): string => {
  try {
    compileTable(builtIn, choices);
  } catch (error) {
    if (error instanceof PolicyTableError) return error.message;
    throw error;
  }
  return 'taken';
};

const shipped = (id: string) => {
  const rule = rules.find((entry) => entry.id === id);
  if (rule === undefined) throw new Error(`There is no rule ${id}.`);
  return rule;
};
const florida = shipped('us-fl-sales');
const registry = shipped('us-dnc-registry');
const pennsylvania = shipped('us-pa-sales-2026');

describe('a rule file', () => {
  it.each([
    ['no citation', { citation: undefined }, '[0].citation must be the statute, regulation or policy it comes from'],
    ['an empty citation', { citation: '  ' }, '[0].citation must be the statute, regulation or policy it comes from'],
    ['no address', { url: undefined }, '[0].url must be the address of the source'],
    ['an address that is none', { url: 'somewhere' }, '[0].url must be the http(s) address of the source'],
    [
      'an unknown jurisdiction',
      { jurisdiction: 'US-PN' },
      '[0].jurisdiction must be a known jurisdiction such as US, US-FL, CA-ON, GB or *',
    ],
    [
      'an unknown scope',
      { scope: 'sales' },
      '[0].scope must be any, any-sales, unsolicited, automated, prerecorded or debt',
    ],
    [
      'an empty window',
      { hours: { mon: ['08:00-08:00'] } },
      '[0].hours.mon[0] must end after it starts, but 08:00-08:00 is empty',
    ],
    [
      'a window that ends before it starts',
      { hours: { mon: ['20:00-08:00'] } },
      '[0].hours.mon[0] must end after it starts, but 20:00-08:00 is empty',
    ],
    [
      'overlapping windows',
      { hours: { 'mon-fri': ['08:00-12:00', '11:59-13:00'] } },
      '[0].hours.mon-fri[1] must not overlap another window, but 11:59-13:00 overlaps 08:00-12:00',
    ],
    [
      'a weekday twice',
      { hours: { 'mon-fri': ['08:00-12:00'], wed: ['13:00-14:00'] } },
      '[0].hours.wed must not name a weekday that mon-fri names too',
    ],
    ['a time that is none', { hours: { mon: ['8-20'] } }, '[0].hours.mon[0] must be a window such as 08:00-20:00'],
    [
      'a weekday that is none',
      { hours: { monday: ['08:00-20:00'] } },
      '[0].hours.monday must be a weekday or a span of weekdays such as mon-fri',
    ],
    [
      'no window at all',
      { hours: { mon: [] } },
      '[0].hours must have a window on some day; to forbid calls altogether, add a ban',
    ],
    ['an empty break', { breaks: ['13:00-13:00'] }, '[0].breaks[0] must end after it starts, but 13:00-13:00 is empty'],
    [
      'a cap of 0',
      { caps: [{ count: 0, windowHours: 24, per: 'number' }] },
      '[0].caps[0].count must be at least 1; to forbid calls, suppress the number or add a ban',
    ],
    [
      'a cap over no time',
      { caps: [{ count: 1, windowHours: 0, per: 'number' }] },
      '[0].caps[0].windowHours must be at least 1',
    ],
    [
      'a cap over more time than attempts are remembered for',
      { caps: [{ count: 1, windowHours: 745, per: 'number' }] },
      '[0].caps[0].windowHours must be at most 744: attempts are remembered for 31 days',
    ],
    [
      'an unknown calendar',
      { holidays: { calendars: ['US-XX'], hours: [] } },
      '[0].holidays.calendars[0] must be a calendar of src/policy/holiday-calendars.ts, such as US or FR',
    ],
    [
      'a date that does not exist',
      { effectiveFrom: '2026-02-30' },
      '[0].effectiveFrom must be a date that exists, such as 2026-12-24',
    ],
    [
      'an end before its start',
      { effectiveFrom: '2026-02-02', effectiveTo: '2026-02-01' },
      '[0].effectiveTo must not be before effectiveFrom (2026-02-02)',
    ],
    [
      'an unknown zone',
      { timeZone: 'Central' },
      '[0].timeZone must be called-party or an IANA time zone such as America/Chicago',
    ],
    ['a field that no rule has', { window: [] }, '[0] has the field window, which no rule has'],
    [
      'nothing that it rules',
      { hours: undefined, caps: undefined },
      '[0] must have hours, caps, registry, needs or emergency, else it rules nothing',
    ],
  ])('is refused with its path for %s', (_, change, expected) => {
    expect(messageOf([{ ...florida, ...change }])).toBe(`calling-rules.json${expected}.`);
  });

  it('is refused for two rules of one id, and when it is no list', () => {
    expect(messageOf([florida, florida])).toBe(
      'calling-rules.json[1].id must be unique, but us-fl-sales is there twice.',
    );
    expect(messageOf({})).toBe('calling-rules.json must be a list of rules.');
  });

  it('is refused naming everything that is wrong at once', () => {
    const message = messageOf([
      { ...florida, url: 1 },
      { ...registry, jurisdiction: 'XX' },
    ]);

    expect(message.split('\n')).toHaveLength(2);
  });

  it('is ours, and every rule of it has a source, a date and a known place', () => {
    const { rules: table } = compileTable(rules);

    expect(table.length).toBeGreaterThan(40);
    expect(table.every(({ rule }) => rule.citation.length > 5 && rule.url.length > 5 && rule.asOf.length === 10)).toBe(
      true,
    );
  });
});

describe("an operator's rules", () => {
  const wider = { ...florida, hours: { 'mon-sun': ['08:00-21:00'] } };
  const reason = 'Counsel, memo of 3 November';

  it('are added, with their path when they are wrong', () => {
    const quiet = { ...florida, id: 'quiet-evenings', jurisdiction: '*', hours: { 'mon-sun': ['09:00-18:00'] } };
    const decide = createDecide({ rules: [quiet] });

    expect(decide(clearFacts('+14155550132', '2026-11-25T02:30:00Z')).because).toBe('quiet-evenings');
    expect(messageOf(rules, { rules: [quiet, { ...quiet, id: 'x' }] })).toBe(
      'policy.rules[1].id must be 3 to 60 lower-case letters, digits or hyphens.',
    );
  });

  it('tighten a built-in rule without a reason', () => {
    const tight = {
      ...florida,
      hours: { 'mon-fri': ['09:00-12:00', '13:00-18:00'] },
      caps: [{ count: 2, windowHours: 48, per: 'number' }],
      liftedBy: [],
    };

    expect(messageOf(rules, { rules: [tight] })).toBe('taken');
    expect(createDecide({ rules: [tight] })(clearFacts('+13055550132', '2026-11-24T17:30:00Z')).because).toBe(
      'us-fl-sales',
    );
  });

  it.each([
    ['a wider window', wider, 'its windows are wider'],
    ['one minute more', { ...florida, hours: { 'mon-sun': ['08:00-20:01'] } }, 'its windows are wider'],
    ['no hours', { ...florida, hours: undefined }, 'it has no hours'],
    [
      'a higher cap',
      { ...florida, caps: [{ count: 4, windowHours: 24, per: 'number' }] },
      'it allows more than 3 attempts in 24 h per number',
    ],
    [
      'a shorter cap window',
      { ...florida, caps: [{ count: 3, windowHours: 23, per: 'number' }] },
      'it allows more than 3 attempts in 24 h per number',
    ],
    [
      'a cap per line only',
      { ...florida, caps: [{ count: 3, windowHours: 24, per: 'line' }] },
      'it allows more than 3 attempts in 24 h per number',
    ],
    ['no cap', { ...florida, caps: undefined }, 'it allows more than 3 attempts in 24 h per number'],
    [
      'another basis that lifts',
      { ...florida, liftedBy: [{ basis: 'consent', lifts: ['hours'] }] },
      'more is lifted by a consent',
    ],
    [
      'more that is lifted',
      { ...florida, liftedBy: [{ basis: 'request', lifts: ['all'] }] },
      'more is lifted by a request',
    ],
    ['another place', { ...florida, jurisdiction: 'US-GA' }, 'it no longer covers US-FL'],
    ['a narrower scope', { ...florida, scope: 'automated' }, 'its scope automated leaves out calls of scope any-sales'],
    ['an end', { ...florida, effectiveTo: '2030-01-01' }, 'it ends on 2030-01-01'],
    ['a later start', { ...florida, effectiveFrom: '2027-01-01' }, 'it starts on 2027-01-01 only'],
    [
      'another time zone',
      { ...florida, timeZone: 'America/New_York' },
      'its time zone is America/New_York instead of called-party',
    ],
    ['a fallback', { ...florida, fallback: true }, 'it binds as a fallback only'],
    [
      'longer relationships',
      { ...registry, liftedBy: [{ basis: 'relationship', lifts: ['registry'], months: 24 }] },
      'more is lifted by a relationship',
    ],
    [
      'an older registry',
      { ...registry, registry: { list: 'registry:US', maxAgeDays: 32 } },
      'it takes a copy older than 31 days',
    ],
    ['no holidays', { ...pennsylvania, holidays: undefined }, 'it allows more on holidays'],
    [
      'hours on holidays',
      { ...pennsylvania, holidays: { calendars: ['US-PA'], hours: ['12:00-13:00'] } },
      'it allows more on holidays',
    ],
    ['another calendar', { ...pennsylvania, holidays: { calendars: ['US'], hours: [] } }, 'it allows more on holidays'],
  ])('are refused without a reason for %s', (_, rule, looser) => {
    expect(messageOf(rules, { rules: [rule] })).toBe(
      `policy.rules[0] must have loosens: "${rule.id}" and a reason, because it is looser than ${rule.id}: ${looser}.`,
    );
  });

  it('loosen with a reason, which stands in every decision', () => {
    const decide = createDecide({ rules: [{ ...wider, loosens: 'us-fl-sales', reason }] });

    const inFlorida = decide(clearFacts('+13055550132', '2026-11-21T01:30:00Z'));
    const elsewhere = decide(clearFacts('+14155550132', '2026-11-21T01:30:00Z'));

    expect(inFlorida.verdict).toBe('allow');
    for (const decision of [inFlorida, elsewhere]) {
      expect(decision.findings.find(({ id }) => id === 'us-fl-sales')).toMatchObject({ loosenedBecause: reason });
    }
  });

  it('loosen under an id of their own and take the place of the rule they name', () => {
    const { rules: table } = compileTable(rules, {
      rules: [{ ...wider, id: 'florida-ours', loosens: 'us-fl-sales', reason }],
    });

    expect(table.map(({ rule }) => rule.id)).toContain('florida-ours');
    expect(table.map(({ rule }) => rule.id)).not.toContain('us-fl-sales');
  });

  it('remove a rule with a reason, which stands in every decision', () => {
    const decide = createDecide({ rules: [{ removes: 'us-fl-sales', reason }] });

    const decision = decide(clearFacts('+13055550132', '2026-11-21T01:30:00Z'));

    expect(decision.verdict).toBe('allow');
    expect(decision.findings.find(({ id }) => id === 'us-fl-sales')).toMatchObject({
      result: 'not-applicable',
      loosenedBecause: reason,
    });
  });

  it.each([
    [
      'removes nothing known',
      { removes: 'us-xx', reason },
      '[0].removes must be the id of a rule of the table, got us-xx',
    ],
    ['removes without a reason', { removes: 'us-fl-sales' }, '[0].reason must say why the rule may be left out'],
    ['removes with half a word', { removes: 'us-fl-sales', reason: 'no' }, '[0].reason must say in a few words why'],
    [
      'loosens nothing known',
      { ...wider, loosens: 'us-xx', reason },
      '[0].loosens must be the id of a rule of the table, got us-xx',
    ],
    [
      'loosens without a reason',
      { ...wider, loosens: 'us-fl-sales' },
      '[0] must have a reason, because it is looser than us-fl-sales: its windows are wider',
    ],
    [
      'loosens one rule under the id of another',
      { ...wider, id: 'us-ga', loosens: 'us-fl-sales', reason: undefined },
      '[0] must have a reason, because it is looser than us-fl-sales: its windows are wider',
    ],
    [
      'hides another rule',
      { ...wider, id: 'us-tcpa-hours', loosens: 'us-fl-sales', reason },
      '[0].id must be us-fl-sales or a new id, because us-tcpa-hours is another rule of the table',
    ],
  ])('are refused when one %s', (_, rule, message) => {
    expect(messageOf(rules, { rules: [rule] })).toBe(`policy.rules${message}.`);
  });
});

describe('our own limits', () => {
  it('reach as far back as a rule may, and no further', () => {
    expect(messageOf(rules, { caps: [{ attempts: 1, hours: 744 }] })).toBe('taken');
    expect(messageOf([{ ...florida, caps: [{ count: 1, windowHours: 744, per: 'number' }] }])).toBe('taken');
    expect(messageOf(rules, { caps: [{ attempts: 1, hours: 745 }] })).toContain('must be at most 744');
  });

  it.each([
    [
      {
        caps: [
          { attempts: 4, hours: 24 },
          { attempts: 7, hours: 168 },
        ],
      },
      'it allows more than 3 attempts in 24 h per number',
    ],
    [{ caps: [{ attempts: 3, hours: 24 }] }, 'it allows more than 7 attempts in 168 h per number'],
    [{ defaultHours: { from: '07:00', to: '21:00' } }, 'its windows are wider'],
  ])('need a reason when they are looser: %o', (choices, looser) => {
    expect(messageOf(rules, choices)).toBe(`policy.looserBecause must say why, because ${looser}.`);
    expect(messageOf(rules, { ...choices, looserBecause: 'agreed with counsel' })).toBe('taken');
  });

  it('need none when they are tighter', () => {
    expect(
      messageOf(rules, {
        caps: [
          { attempts: 2, hours: 24 },
          { attempts: 5, hours: 200 },
        ],
        defaultHours: { from: '09:00', to: '20:00' },
      }),
    ).toBe('taken');
  });

  it.each([{ caps: [{ attempts: 0, hours: 24 }] }, { defaultHours: { from: '21:00', to: '08:00' } }])(
    'are refused when they make no sense: %o',
    (choices) => {
      expect(messageOf(rules, choices)).toMatch(/^policy caps or defaultHours: /);
    },
  );
});

describe('the version', () => {
  it('is the same for the same rules in another order, and another for anything that matters', () => {
    const { version } = compileTable(rules);
    const reordered = compileTable(rules.toReversed());
    const others = [
      compileTable(rules.slice(1)),
      compileTable(rules, { windowGuardMinutes: 3 }),
      compileTable(rules, { trustedSources: ['address'] }),
      compileTable(rules, {
        caps: [
          { attempts: 2, hours: 24 },
          { attempts: 7, hours: 168 },
        ],
      }),
      compileTable(rules, { rules: [{ removes: 'us-mn-sales', reason: 'a test of the version' }] }),
    ];

    expect(reordered.version).toBe(version);
    expect(new Set([version, ...others.map((table) => table.version)]).size).toBe(others.length + 1);
  });
});
