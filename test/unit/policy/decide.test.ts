import { describe, expect, it } from 'vitest';
import { createDecide } from '../../../src/policy/create-decide.ts';
import type { Decision, DialFacts, RuleFinding } from '../../../src/policy/types.ts';
import { basis, callbackFacts, clearFacts } from './facts.ts';

const decide = createDecide();
const until = (decision: Decision): string | undefined =>
  decision.verdict === 'defer' ? new Date(decision.untilMs).toISOString() : undefined;
const finding = (decision: Decision, id: string): RuleFinding | undefined =>
  decision.findings.find((found) => found.id === id);

const CALIFORNIA = '+14155550132';
const FLORIDA = '+13055550132';
const MARYLAND = '+14105550132';
const NOON = '2026-11-24T20:00:00Z';

describe('lists', () => {
  it.each(['request', 'relationship', 'consent'] as const)(
    'denies a number on the internal list although there is a %s',
    (type) => {
      const facts = clearFacts(CALIFORNIA, NOON, { purpose: 'requested', bases: [basis(type, NOON, 1)] });

      const decision = decide({ ...facts, lists: [{ list: 'internal', state: 'listed' }] });

      expect(decision).toMatchObject({ verdict: 'deny', because: 'internal-dnc' });
    },
  );

  it('denies a number on a Webex list', () => {
    const facts = callbackFacts(CALIFORNIA, NOON);

    const decision = decide({ ...facts, lists: [...facts.lists, { list: 'webex:Do not call', state: 'listed' }] });

    expect(decision).toMatchObject({ verdict: 'deny', because: 'dnc:webex:Do not call' });
  });

  it.each(['internal', 'webex:Do not call'])('defers by a minute when the list %s cannot be read', (list) => {
    const facts = callbackFacts(CALIFORNIA, NOON);

    const decision = decide({
      ...facts,
      lists: [...facts.lists.filter((fact) => fact.list !== list), { list, state: 'unreadable' }],
    });

    expect(until(decision)).toBe('2026-11-24T20:01:00.000Z');
    expect(finding(decision, decision.because ?? '')?.result).toBe('unreadable');
  });

  it('defers when nobody asked the internal list', () => {
    const decision = decide(callbackFacts(CALIFORNIA, NOON, { lists: [] }));

    expect(decision).toMatchObject({ verdict: 'defer', because: 'internal-dnc' });
  });

  it('defers to the opening when a list cannot be read outside the hours', () => {
    const decision = decide(
      callbackFacts(CALIFORNIA, '2026-11-24T08:00:00Z', { lists: [{ list: 'internal', state: 'unreadable' }] }),
    );

    expect(until(decision)).toBe('2026-11-24T16:00:00.000Z');
  });
});

describe('the national registry', () => {
  const registry = (state: 'listed' | 'clear' | 'unreadable', ageDays?: number): DialFacts['lists'] => [
    { list: 'internal', state: 'clear' },
    { list: 'registry:US', state, ...(ageDays !== undefined && { asOfMs: Date.parse(NOON) - ageDays * 86_400_000 }) },
  ];

  it('denies a listed number without a basis', () => {
    const decision = decide(clearFacts(CALIFORNIA, NOON, { lists: registry('listed', 1) }));

    expect(decision).toMatchObject({ verdict: 'deny', because: 'us-dnc-registry' });
  });

  it.each([
    ['a request', basis('request', NOON, 10)],
    ['consent years ago', basis('consent', NOON, 3_000)],
    ['a purchase 17 months ago', basis('relationship', NOON, 520)],
    ['an inquiry two months ago', basis('relationship', NOON, 60, { inquiry: true })],
  ])('lets a listed number through with %s', (_, live) => {
    const decision = decide(clearFacts(CALIFORNIA, NOON, { lists: registry('listed', 1), bases: [live] }));

    expect(decision.verdict).toBe('allow');
    expect(finding(decision, 'us-dnc-registry')?.result).toBe('lifted');
  });

  it.each([
    ['a request over three months ago', basis('request', NOON, 100)],
    ['a purchase 19 months ago', basis('relationship', NOON, 580)],
    ['an inquiry four months ago', basis('relationship', NOON, 120, { inquiry: true })],
    ['consent that has run out', basis('consent', NOON, 10, { expiryMs: Date.parse(NOON) })],
    ['consent that begins later', basis('consent', NOON, -1)],
    ['a request for another purpose', basis('request', NOON, 1, { purpose: 'service' })],
  ])('denies a listed number with %s', (_, dead) => {
    const decision = decide(clearFacts(CALIFORNIA, NOON, { lists: registry('listed', 1), bases: [dead] }));

    expect(decision).toMatchObject({ verdict: 'deny', because: 'us-dnc-registry' });
  });

  it.each([
    ['cannot be read', registry('unreadable')],
    ['was not asked', registry('clear').slice(0, 1)],
    ['is 32 days old', registry('clear', 32)],
    ['has no known age', registry('clear')],
  ])('defers a call that needs it when the copy %s', (_, lists) => {
    const decision = decide(clearFacts(CALIFORNIA, NOON, { lists }));

    expect(decision).toMatchObject({ verdict: 'defer', because: 'us-dnc-registry' });
  });

  it('lets a call through on a copy of 31 days, and without any copy when a basis lifts it', () => {
    const onOldCopy = decide(clearFacts(CALIFORNIA, NOON, { lists: registry('clear', 31) }));
    const withoutCopy = decide(callbackFacts(CALIFORNIA, NOON, { lists: registry('unreadable') }));

    expect([onOldCopy.verdict, withoutCopy.verdict]).toEqual(['allow', 'allow']);
  });
});

describe('hours', () => {
  it.each([
    ['2026-11-20T12:59:59.999Z', '2026-11-20T13:00:00.000Z'],
    ['2026-11-20T13:00:00.000Z', undefined],
    ['2026-11-21T00:57:59.999Z', undefined],
    ['2026-11-21T00:58:00.000Z', '2026-11-21T13:00:00.000Z'],
    ['2026-11-21T01:00:00.000Z', '2026-11-21T13:00:00.000Z'],
  ])('holds Florida from 8 to 20, two minutes short, at %s', (at, expected) => {
    const decision = decide(clearFacts(FLORIDA, at));

    expect(until(decision)).toBe(expected);
  });

  it('waits until the last of two zones is open', () => {
    const decision = decide(clearFacts('+18505550132', '2026-11-20T13:30:00Z'));

    expect(until(decision)).toBe('2026-11-20T14:00:00.000Z');
    expect(decision).toMatchObject({ because: 'us-tcpa-hours', zones: ['America/Chicago', 'America/New_York'] });
  });

  it('keeps Mississippi in Central time wherever the person may be', () => {
    const decision = decide(
      clearFacts('+16015550132', '2026-11-20T13:30:00Z', { browserTimeZone: 'America/New_York' }),
    );

    expect(until(decision)).toBe('2026-11-20T14:00:00.000Z');
  });

  it('stops Mississippi at 20:00 Central though an added zone is still open', () => {
    const decision = decide(
      clearFacts('+16015550132', '2026-11-21T01:59:00Z', { browserTimeZone: 'America/Los_Angeles' }),
    );

    expect(decision.verdict).toBe('defer');
    expect(finding(decision, 'us-ms-sales')?.detail).toContain('America/Chicago');
  });

  it('skips the French lunch break', () => {
    const decision = decide(
      clearFacts('+33612345678', '2026-11-20T11:58:00Z', { bases: [basis('consent', NOON, 30)] }),
    );

    expect(until(decision)).toBe('2026-11-20T13:00:00.000Z');
  });

  it('goes over a weekend and a holiday to the next open day', () => {
    const decision = decide(
      clearFacts('+33612345678', '2026-12-24T18:59:00Z', { bases: [basis('consent', NOON, 30)] }),
    );

    expect(until(decision)).toBe('2026-12-28T09:00:00.000Z');
  });

  it.each([
    ['Good Friday', '2027-03-26T15:00:00Z', '2027-03-27T12:00:00.000Z'],
    ['Flag Day', '2027-06-14T15:00:00Z', '2027-06-15T12:00:00.000Z'],
    ['a Sunday since October 2026', '2026-11-22T15:00:00Z', '2026-11-23T13:00:00.000Z'],
    ['Independence Day and the Monday it is observed on', '2027-07-04T15:00:00Z', '2027-07-06T12:00:00.000Z'],
  ])('calls nobody in Pennsylvania on %s', (_, at, expected) => {
    const decision = decide(clearFacts('+14125550132', at));

    expect(until(decision)).toBe(expected);
  });

  it('calls Pennsylvania on a Sunday before the ban began', () => {
    expect(decide(clearFacts('+14125550132', '2026-10-11T15:00:00Z')).verdict).toBe('allow');
  });

  it('finds the opening on the other side of a rule that begins meanwhile', () => {
    // Saturday evening, the last day without the ban on Sundays.
    const decision = decide(clearFacts('+14125550132', '2026-10-18T00:59:00Z'));

    expect(until(decision)).toBe('2026-10-19T12:00:00.000Z');
  });

  it('takes the Australian hours in every zone for a mobile number', () => {
    const decision = decide(callbackFacts('+61412345678', '2026-11-20T00:00:00Z'));

    // 9:00 on the Cocos Islands is the last opening; Lord Howe closes five and a half hours later.
    expect(until(decision)).toBe('2026-11-20T02:30:00.000Z');
  });

  it('denies a toll-free number, whose zones are never all open', () => {
    const decision = decide(callbackFacts('+18005550132', NOON));

    expect(decision).toMatchObject({ verdict: 'deny', because: 'no-lawful-instant' });
  });

  it('denies a number of no known zone', () => {
    const decision = decide(callbackFacts('+80012345678', NOON));

    expect(decision).toMatchObject({ verdict: 'deny', because: 'known-zone', zones: [], jurisdictions: [] });
  });

  it.each(['+442071234567', '+4930123456', '+818012345678'])(
    'keeps our default hours for %s, where no statute has any',
    (number) => {
      const decision = decide(callbackFacts(number, '2026-11-20T22:30:00Z'));

      expect(decision).toMatchObject({ verdict: 'defer', because: 'house-hours' });
    },
  );

  it('keeps our default hours for a service call, which no sales rule binds', () => {
    const decision = decide(clearFacts(FLORIDA, '2026-11-21T01:30:00Z', { purpose: 'service' }));

    expect(decision.verdict).toBe('allow');
    expect(finding(decision, 'house-hours')?.result).toBe('passed');
    expect(decide(clearFacts(FLORIDA, '2026-11-21T02:00:00Z', { purpose: 'service' })).because).toBe('house-hours');
  });
});

/** Hours of the operator's own. */
const ownRule = (change: object, more: object = {}) => ({
  id: 'own-hours',
  jurisdiction: 'DE',
  scope: 'any',
  hours: { 'mon-sun': ['09:00-22:00'] },
  liftedBy: [],
  timeZone: 'called-party',
  citation: 'Company policy 12',
  url: 'https://intranet.example.com/12',
  asOf: '2026-11-20',
  verified: true,
  ...change,
  ...more,
});

it.each([
  ['in that state', undefined, 'allow'],
  ['not in another one that the person may be in', { region: 'AL' }, 'defer'],
])('the hours of a state stand in for our default hours %s', (_where, address, verdict) => {
  const florida = ownRule({ jurisdiction: 'US-FL' });
  const facts = clearFacts(FLORIDA, '2026-11-21T02:30:00Z', { purpose: 'service', ...(address && { address }) });

  expect(createDecide({ rules: [florida] })(facts).verdict).toBe(verdict);
});

describe('our default hours beside a rule of dates', () => {
  const BERLIN = '+4930123456';
  const untilBeside = (dates: object, at: string): string | undefined =>
    until(createDecide({ rules: [ownRule(dates)] })(clearFacts(BERLIN, at, { bases: [basis('consent', at, 1)] })));

  it.each([
    ['a month before the rule begins', { effectiveFrom: '2027-01-01' }, '2026-12-05T01:00:00Z', '2026-12-05T07:00'],
    ['the evening before it begins', { effectiveFrom: '2027-01-01' }, '2026-12-31T22:30:00Z', '2027-01-01T08:00'],
    ['the night after its last day', { effectiveTo: '2026-12-10' }, '2026-12-10T22:00:00Z', '2026-12-11T07:00'],
    ['the day after its last', { effectiveTo: '2026-12-10' }, '2026-12-11T23:00:00Z', '2026-12-12T07:00'],
    ['a month before it ends', { effectiveTo: '2027-01-04' }, '2026-12-05T20:30:00Z', '2026-12-06T08:00'],
  ])('hold %s', (_, dates, at, expected) => {
    expect(untilBeside(dates, at)).toBe(`${expected}:00.000Z`);
  });

  it.each([
    ['from its first day on', { effectiveFrom: '2027-01-01' }, '2026-12-31T23:30:00Z', '2027-01-01T08:00'],
    ['while it does not end before the horizon', { effectiveTo: '2027-01-05' }, '2026-12-05T20:30:00Z', undefined],
  ])('give way to it %s', (_, dates, at, expected) => {
    expect(untilBeside(dates, at)).toBe(expected && `${expected}:00.000Z`);
  });

  it('hold while the first day of the rule has begun in one zone only', () => {
    const rule = ownRule(
      { effectiveFrom: '2027-01-01' },
      { jurisdiction: 'US', hours: { 'mon-sun': ['00:00-23:00'] } },
    );
    const decideWith = createDecide({ rules: [rule] });
    const inWestFlorida = (at: string) => decideWith(clearFacts('+18505550132', at, { purpose: 'service' }));

    // 00:30 in New York, 23:30 on the day before in Chicago.
    expect(until(inWestFlorida('2027-01-01T05:30:00Z'))).toBe('2027-01-01T14:00:00.000Z');
    expect(inWestFlorida('2027-01-01T06:00:00Z').verdict).toBe('allow');
  });
});

describe('clock changes', () => {
  it('opens an hour earlier by UTC after the spring change in New York', () => {
    const decision = decide(clearFacts('+12125550132', '2027-03-14T02:30:00Z'));

    expect(until(decision)).toBe('2027-03-14T12:00:00.000Z');
  });

  it('opens an hour later by UTC after the autumn change in New York', () => {
    const decision = decide(clearFacts('+12125550132', '2026-11-01T02:30:00Z'));

    expect(until(decision)).toBe('2026-11-01T13:00:00.000Z');
  });
});

describe('bases', () => {
  const lateInFlorida = '2026-11-21T01:30:00Z';

  it('lifts the Florida rule for a call that was asked for, and keeps the federal hours', () => {
    const decision = decide(callbackFacts(FLORIDA, lateInFlorida));
    const later = decide(callbackFacts(FLORIDA, '2026-11-21T01:58:00Z'));

    expect(decision.verdict).toBe('allow');
    expect(finding(decision, 'us-fl-sales')?.result).toBe('lifted');
    expect(until(later)).toBe('2026-11-21T13:00:00.000Z');
  });

  it('lifts Maryland for the first attempt of a call and not for a retry', () => {
    const first = decide(callbackFacts(MARYLAND, lateInFlorida));
    const retry = decide(callbackFacts(MARYLAND, lateInFlorida, { attemptsOfCall: 1 }));

    expect(first.verdict).toBe('allow');
    expect(retry).toMatchObject({ verdict: 'defer', because: 'us-md-sales' });
  });

  it('does not lift Louisiana for a request', () => {
    expect(decide(callbackFacts('+15045550132', '2026-11-21T02:30:00Z')).because).toBe('us-la-sales');
  });

  it('lifts Pennsylvania for a purchase within a year and not for one longer ago', () => {
    const sunday = '2026-11-22T15:00:00Z';
    const recent = decide(clearFacts('+14125550132', sunday, { bases: [basis('relationship', sunday, 300)] }));
    const old = decide(clearFacts('+14125550132', sunday, { bases: [basis('relationship', sunday, 400)] }));

    expect(recent.verdict).toBe('allow');
    expect(old.because).toBe('us-pa-sales-2026');
  });

  it('does not take a disputed lift for one', () => {
    const decision = decide(callbackFacts(CALIFORNIA, '2026-11-21T06:00:00Z'));

    expect(decision.because).toBe('us-tcpa-hours');
  });

  it('leaves a requested call out of rules on unsolicited ones', () => {
    const evening = '2026-11-20T23:30:00Z';

    expect(decide(callbackFacts('+14015550132', evening)).verdict).toBe('allow');
    expect(decide(clearFacts('+14015550132', evening)).because).toBe('us-ri-sales');
  });

  it.each([
    ['+4930123456', '2026-11-20T11:00:00Z', 'de-consent'],
    ['+33612345678', '2026-11-20T10:00:00Z', 'fr-consent-2026'],
    ['+12035550132', '2026-11-20T16:00:00Z', 'us-ct-sales'],
  ])('denies marketing to %s without the basis that the law needs', (number, at, id) => {
    expect(decide(clearFacts(number, at))).toMatchObject({ verdict: 'deny', because: id });
    expect(decide(clearFacts(number, at, { bases: [basis('consent', at, 10)] })).verdict).toBe('allow');
  });

  it('binds debt collection by its own rule only', () => {
    const decision = decide(clearFacts(FLORIDA, lateInFlorida, { purpose: 'debt' }));

    expect(decision.verdict).toBe('allow');
    expect(finding(decision, 'us-regf-debt')?.result).toBe('passed');
    expect(finding(decision, 'us-fl-sales')?.result).toBe('not-applicable');
  });

  it('binds automated calls by the rules on them', () => {
    const saturday = '2026-11-21T16:00:00Z';

    expect(decide(clearFacts('+16055550132', saturday)).verdict).toBe('allow');
    expect(decide(clearFacts('+16055550132', saturday, { automated: true })).because).toBe('us-sd-automated');
  });
});

describe('caps', () => {
  const hoursBefore = (...hours: number[]) => hours.map((count) => Date.parse(NOON) - count * 3_600_000);

  it('allows the third attempt in 24 hours and defers the fourth until the first has left', () => {
    const third = decide(callbackFacts(CALIFORNIA, NOON, { attemptsMs: hoursBefore(20, 1) }));
    const fourth = decide(callbackFacts(CALIFORNIA, NOON, { attemptsMs: hoursBefore(20, 1, 3) }));

    expect(third.verdict).toBe('allow');
    expect(fourth).toMatchObject({ verdict: 'defer', because: 'house-cap-24h' });
    expect(until(fourth)).toBe('2026-11-25T00:00:00.000Z');
  });

  it('counts an attempt until exactly 24 hours after it', () => {
    const within = decide(
      callbackFacts(CALIFORNIA, NOON, { attemptsMs: [Date.parse(NOON) - 86_399_999, ...hoursBefore(1, 2)] }),
    );
    const left = decide(
      callbackFacts(CALIFORNIA, NOON, { attemptsMs: [Date.parse(NOON) - 86_400_000, ...hoursBefore(1, 2)] }),
    );

    expect(until(within)).toBe('2026-11-24T20:00:00.001Z');
    expect(left.verdict).toBe('allow');
  });

  it('holds seven in a week for good spacing too', () => {
    const decision = decide(
      callbackFacts(CALIFORNIA, NOON, { attemptsMs: hoursBefore(160, 130, 120, 100, 80, 60, 40) }),
    );

    expect(decision.because).toBe('house-cap-168h');
  });

  it('counts an attempt that another clock puts in the future', () => {
    expect(decide(callbackFacts(CALIFORNIA, NOON, { attemptsMs: hoursBefore(-0.001, 1, 2) })).verdict).toBe('defer');
  });

  it('waits for the state cap when it frees later than ours', () => {
    const decision = decide(clearFacts('+12075550132', NOON, { automated: true, attemptsMs: hoursBefore(7.5) }));

    expect(decision).toMatchObject({ verdict: 'defer', because: 'us-me-automated' });
    expect(until(decision)).toBe('2026-11-24T20:30:00.000Z');
  });

  it('lifts the Oregon cap for a purchase and not for an inquiry', () => {
    const relaxed = createDecide({
      caps: [{ attempts: 10, hours: 24 }],
      looserBecause: 'a test of the state cap alone',
    });
    const facts = (inquiry: boolean) =>
      clearFacts('+15035550132', NOON, {
        attemptsMs: hoursBefore(1, 2, 3),
        bases: [basis('relationship', NOON, 30, { inquiry })],
      });

    expect(relaxed(facts(false)).verdict).toBe('allow');
    expect(relaxed(facts(true)).because).toBe('us-or-sales');
  });

  it('counts a cap per line by the attempts of the line, and defers where these are not known', () => {
    const perLine = {
      id: 'line-cap',
      jurisdiction: '*',
      scope: 'any',
      caps: [{ count: 1, windowHours: 2, per: 'line' }],
      liftedBy: [],
      timeZone: 'called-party',
      citation: 'Company policy 7',
      url: 'https://example.com/7',
      asOf: '2026-11-20',
      verified: true,
    };
    const withCap = createDecide({ rules: [perLine] });

    expect(withCap(callbackFacts(CALIFORNIA, NOON, { attemptsMs: hoursBefore(1), attemptsOnLineMs: [] })).verdict).toBe(
      'allow',
    );
    expect(until(withCap(callbackFacts(CALIFORNIA, NOON, { attemptsOnLineMs: hoursBefore(1) })))).toBe(
      '2026-11-24T21:00:00.000Z',
    );
    expect(withCap(callbackFacts(CALIFORNIA, NOON))).toMatchObject({ verdict: 'defer', because: 'line-cap' });
  });

  it('defers when the earlier attempts cannot be read', () => {
    const decision = decide(callbackFacts(CALIFORNIA, NOON, { attemptsMs: 'unreadable' }));

    expect(until(decision)).toBe('2026-11-24T20:01:00.000Z');
    expect(finding(decision, decision.because ?? '')?.result).toBe('unreadable');
  });
});

describe('the wished window and the line', () => {
  it('defers to the start of the window, or to the first lawful instant in it', () => {
    const lawful = decide(callbackFacts(CALIFORNIA, NOON, { window: { fromMs: Date.parse('2026-11-24T23:00:00Z') } }));
    const tooEarly = decide(
      callbackFacts(CALIFORNIA, NOON, { window: { fromMs: Date.parse('2026-11-25T10:00:00Z') } }),
    );

    expect(until(lawful)).toBe('2026-11-24T23:00:00.000Z');
    expect(until(tooEarly)).toBe('2026-11-25T16:00:00.000Z');
  });

  it('denies at the end of the window, and when nothing lawful is left before it', () => {
    const window = { fromMs: Date.parse('2026-11-24T10:00:00Z'), toMs: Date.parse('2026-11-24T15:00:00Z') };

    expect(decide(callbackFacts(CALIFORNIA, '2026-11-24T15:00:00Z', { window }))).toMatchObject({
      verdict: 'deny',
      because: 'window-over',
    });
    expect(decide(callbackFacts(CALIFORNIA, '2026-11-24T11:00:00Z', { window }))).toMatchObject({
      verdict: 'deny',
      because: 'window-over',
    });
  });

  it("defers to the line's opening in its own zone, over its closed dates", () => {
    const lineHours = {
      timeZone: 'America/New_York',
      weekdays: { tue: [['09:00', '17:00']], wed: [['09:00', '17:00']], thu: [['10:00', '12:00']] },
      holidays: ['2026-11-25'],
    } as const;

    const decision = decide(callbackFacts(CALIFORNIA, '2026-11-24T21:58:00Z', { lineHours }));

    expect(decision).toMatchObject({ verdict: 'defer', because: 'line-hours' });
    // Ten in New York is seven in California, and twelve is nine: the line is open for one lawful hour.
    expect(until(decision)).toBe('2026-11-26T16:00:00.000Z');
  });

  it('denies when the line never opens while the person may be called', () => {
    const lineHours = { timeZone: 'America/New_York', weekdays: { mon: [['00:00', '05:00']] } } as const;

    expect(decide(callbackFacts('+12125550132', NOON, { lineHours }))).toMatchObject({
      verdict: 'deny',
      because: 'no-lawful-instant',
    });
  });
});

describe('emergency bans', () => {
  const ban = (jurisdiction: string, toMs?: number) => ({
    id: 'storm',
    jurisdiction,
    fromMs: Date.parse(NOON) - 1,
    reason: 'hurricane',
    ...(toMs !== undefined && { toMs }),
  });

  it('defers to the end of a ban, in the hours after it', () => {
    const decision = decide(
      callbackFacts('+15045550132', NOON, { bans: [ban('US-LA', Date.parse('2026-11-25T05:00:00Z'))] }),
    );

    expect(decision).toMatchObject({ verdict: 'defer', because: 'emergency:storm' });
    expect(until(decision)).toBe('2026-11-25T14:00:00.000Z');
  });

  it('looks at a ban without an end again in an hour', () => {
    expect(until(decide(callbackFacts('+15045550132', NOON, { bans: [ban('US-LA')] })))).toBe(
      '2026-11-24T21:00:00.000Z',
    );
  });

  it('denies when a ban outlasts the horizon', () => {
    const decision = decide(callbackFacts(CALIFORNIA, NOON, { bans: [ban('US', Date.parse(NOON) + 40 * 86_400_000)] }));

    expect(decision).toMatchObject({ verdict: 'deny', because: 'no-lawful-instant' });
  });

  it('lifts a New York ban for a request and a relationship, and not for consent', () => {
    const verdict = (type: 'request' | 'relationship' | 'consent') =>
      decide(clearFacts('+12125550132', NOON, { bans: [ban('US-NY')], bases: [basis(type, NOON, 1)] })).verdict;

    expect([verdict('request'), verdict('relationship'), verdict('consent')]).toEqual(['allow', 'allow', 'defer']);
  });

  it('leaves other states alone, and bans that are over or still to come', () => {
    const over = { ...ban('US'), fromMs: 0, toMs: Date.parse(NOON) };
    const later = { ...ban('US'), fromMs: Date.parse(NOON) + 1 };

    expect(decide(callbackFacts(CALIFORNIA, NOON, { bans: [ban('US-LA'), over, later] })).verdict).toBe('allow');
  });

  it('defers when the bans cannot be read', () => {
    expect(decide(callbackFacts(CALIFORNIA, NOON, { bans: 'unreadable' }))).toMatchObject({
      verdict: 'defer',
      because: 'emergency-bans',
    });
  });
});

describe('the record', () => {
  it('names the version, the facts and every rule with its source', () => {
    const facts = clearFacts(FLORIDA, NOON);

    const decision = decide(facts);

    expect(decision.tableVersion).toMatch(/^[\da-f]{64}$/);
    expect(decision.facts).toBe(facts);
    expect(decision.findings.every(({ citation, url, detail }) => citation && url && detail)).toBe(true);
    expect(decision.findings.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['us-tcpa-hours', 'us-fl-sales', 'us-dnc-registry', 'internal-dnc', 'house-cap-24h']),
    );
    expect(new Set(decision.findings.map(({ id }) => id)).size).toBe(decision.findings.length);
  });

  it('is the same for the same facts', () => {
    const facts = clearFacts(FLORIDA, '2026-11-21T02:00:00Z');

    expect(decide(facts)).toEqual(createDecide()(facts));
  });
});
