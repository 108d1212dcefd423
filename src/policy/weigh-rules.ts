import type { Candidates } from '../numbering/candidates.ts';
import type { EpochMs } from '../shared/clock.ts';
import { hasLiveBasis, liftedParts } from './basis.ts';
import { dayOfDate } from './calendar-day.ts';
import { type CapState, weighCap } from './caps.ts';
import { type Gate, type Hours, notBefore } from './gate.ts';
import type { Rule, RulePart } from './rule.ts';
import { type Schedule, nextOpening } from './schedule.ts';
import type { PolicyTable, TableRule } from './table.ts';
import type { Basis, DialFacts, RuleFinding } from './types.ts';
import { UNREADABLE_RETRY_MS, type Weighed } from './weighed.ts';
import { zoneClock } from './zone-clock.ts';

const DAY_MS = 86_400_000;
/** No zone is further than this from UTC, so a day that is over by more is over everywhere. */
const ZONE_SPREAD_DAYS = 1;
const HORIZON_DAYS = 31;

/** Weighs every rule whose jurisdiction is a candidate, then our default hours where no other hours bind all through the horizon. */
export function weighRules(facts: DialFacts, candidates: Candidates, table: PolicyTable): Weighed {
  const context: Context = { facts, zones: candidates.zones, guardMs: table.guardMs };
  const weighed: WeighedRule[] = [];
  const fallbacks: TableRule[] = [];
  const withHours = new Set<string>();
  for (const entry of table.rules) {
    const concerned = concerns(entry.rule, candidates, facts.atMs);
    if (!concerned || entry.removed === true) {
      // A loosened rule is told in every decision, even where it would not have been weighed.
      if (entry.loosenedBecause !== undefined) weighed.push(unweighed(entry));
      continue;
    }
    if (entry.rule.fallback === true) {
      fallbacks.push(entry);
      continue;
    }
    const outcome = weighRule(entry, context);
    if (outcome.hours.some((hours) => bindsThroughout(hours, facts.atMs))) withHours.add(entry.rule.jurisdiction);
    weighed.push(outcome);
  }
  const everywhere = haveHoursEverywhere(candidates, withHours);
  for (const entry of fallbacks) {
    weighed.push(everywhere ? notNeeded(entry) : weighRule(entry, context));
  }
  return {
    findings: weighed.map(({ finding }) => finding),
    denials: weighed.flatMap(({ denied, finding }) => (denied ? [finding.id] : [])),
    gates: weighed.flatMap(({ gates }) => gates),
    hours: weighed.flatMap(({ hours }) => hours),
  };
}

/** Whether hours bind in every country that the person may be in, or in each part of it that they may be in. */
function haveHoursEverywhere({ jurisdictions }: Candidates, withHours: ReadonlySet<string>): boolean {
  const countries = jurisdictions.filter((code) => code.length === 2);
  const hasHours = (country: string): boolean => {
    const regions = jurisdictions.filter((code) => code.startsWith(`${country}-`));
    return withHours.has(country) || (regions.length > 0 && regions.every((region) => withHours.has(region)));
  };
  return countries.length > 0 && countries.every(hasHours);
}

interface Context {
  readonly facts: DialFacts;
  readonly zones: readonly string[];
  readonly guardMs: number;
}

interface WeighedRule {
  readonly finding: RuleFinding;
  readonly denied: boolean;
  readonly gates: readonly Gate[];
  readonly hours: readonly Hours[];
}

/** How one part of a rule turned out. */
interface PartOutcome {
  readonly state: 'passed' | 'blocked' | 'unreadable' | 'denied';
  readonly detail: string;
  readonly gate?: Gate;
  readonly hours?: Hours;
}

const source = ({ rule, loosenedBecause }: TableRule) => ({
  citation: rule.citation,
  url: rule.url,
  ...(loosenedBecause !== undefined && { loosenedBecause }),
});

const quiet = (entry: TableRule, result: RuleFinding['result'], detail: string): WeighedRule => ({
  finding: { id: entry.rule.id, result, ...source(entry), detail },
  denied: false,
  gates: [],
  hours: [],
});

const unweighed = (entry: TableRule): WeighedRule =>
  quiet(
    entry,
    'not-applicable',
    entry.removed === true ? 'The operator left this rule out.' : 'The rule does not concern this number.',
  );

const notNeeded = (entry: TableRule): WeighedRule =>
  quiet(entry, 'not-applicable', 'Other hours bind everywhere the person may be.');

/** Whether a rule is about a place the person may be in and in force within the horizon. */
export function concerns(
  { jurisdiction, effectiveFrom, effectiveTo }: Rule,
  { jurisdictions }: Candidates,
  atMs: EpochMs,
): boolean {
  if (jurisdiction !== '*' && !jurisdictions.includes(jurisdiction)) return false;
  const today = Math.floor(atMs / DAY_MS);
  const started =
    effectiveFrom === undefined || (dayOfDate(effectiveFrom) ?? 0) <= today + HORIZON_DAYS + ZONE_SPREAD_DAYS;
  const over = effectiveTo !== undefined && (dayOfDate(effectiveTo) ?? 0) < today - ZONE_SPREAD_DAYS;
  return started && !over;
}

/** Whether hours bind from the instant of the verdict to the horizon: before their first day and after their last one nothing is closed. */
const bindsThroughout = ({ schedule, zones }: Hours, atMs: EpochMs): boolean =>
  zones.every(
    (zone) =>
      (schedule.fromDay === undefined || schedule.fromDay <= localDay(atMs, zone)) &&
      (schedule.toDay === undefined || schedule.toDay >= localDay(atMs + HORIZON_DAYS * DAY_MS, zone)),
  );

/** Days since 1970-01-01 by the zone's calendar. */
const localDay = (atMs: EpochMs, zone: string): number =>
  Math.floor((atMs + zoneClock(zone).segmentAt(atMs).offsetMs) / DAY_MS);

function weighRule(entry: TableRule, context: Context): WeighedRule {
  const { rule } = entry;
  const { facts } = context;
  const outOfScope = scopeGap(rule, facts);
  if (outOfScope !== undefined) return quiet(entry, 'not-applicable', outOfScope);

  const lifted = liftedParts(rule, facts);
  const present = partsPresent(rule);
  const binding = present.filter((part) => !lifted.has(part));
  const parts = binding.map((part) => weighPart(part, entry, context));
  const worst = (['denied', 'unreadable', 'blocked'] as const).find((state) =>
    parts.some((part) => part.state === state),
  );
  const told = parts.filter(({ state }) => worst === undefined || state === worst).map(({ detail }) => detail);
  const liftings = present.flatMap((part) => {
    const basis = lifted.get(part);
    return basis === undefined ? [] : [liftedDetail(part, basis)];
  });
  return {
    finding: {
      id: rule.id,
      result: resultOf(worst, binding.length, present.length),
      ...source(entry),
      detail: [...told, ...liftings].join(' '),
    },
    denied: worst === 'denied',
    gates: parts.flatMap(({ gate }) => (gate === undefined ? [] : [gate])),
    hours: parts.flatMap(({ hours }) => (hours === undefined ? [] : [hours])),
  };
}

function resultOf(
  worst: 'denied' | 'unreadable' | 'blocked' | undefined,
  binding: number,
  present: number,
): RuleFinding['result'] {
  if (worst === 'unreadable') return 'unreadable';
  if (worst !== undefined) return 'blocked';
  return present > 0 && binding === 0 ? 'lifted' : 'passed';
}

const PART_WORDS: Readonly<Record<RulePart, string>> = {
  hours: 'The hours are',
  caps: 'The caps are',
  registry: 'The registry is',
  needs: 'The basis it needs is',
  emergency: 'The ban is',
};

const liftedDetail = (part: RulePart, basis: Basis): string =>
  `${PART_WORDS[part]} lifted by the ${basis.type} of ${new Date(basis.startMs).toISOString().slice(0, 10)}.`;

/** Emergencies are weighed with the bans, so they are no part of their own here. */
function partsPresent(rule: Rule): RulePart[] {
  const parts: RulePart[] = [];
  if (rule.hours !== undefined) parts.push('hours');
  if (rule.caps !== undefined) parts.push('caps');
  if (rule.registry !== undefined) parts.push('registry');
  if (rule.needs !== undefined) parts.push('needs');
  return parts;
}

/** Why a rule's scope leaves the call out, or undefined where it binds. The mapping is told in docs/policy.md. */
export function scopeGap({ scope }: Rule, facts: DialFacts): string | undefined {
  const { purpose } = facts;
  if (scope === 'any') return undefined;
  if (scope === 'debt') return purpose === 'debt' ? undefined : 'The rule binds debt collection only.';
  if (purpose === 'service' || purpose === 'debt') return `The rule binds sales calls; this one is a ${purpose} call.`;
  if (scope === 'unsolicited')
    return hasLiveBasis(facts, ['request']) ? 'The rule binds unsolicited calls; this one was asked for.' : undefined;
  if (scope === 'automated' || scope === 'prerecorded') {
    return facts.automated === true ? undefined : 'The rule binds automated or prerecorded calls only.';
  }
  return undefined;
}

function weighPart(part: RulePart, { rule, schedule }: TableRule, context: Context): PartOutcome {
  switch (part) {
    case 'hours':
      return weighHours(rule, schedule, context);
    case 'caps':
      return weighCaps(rule, context.facts);
    case 'registry':
      return weighRegistry(rule, context.facts);
    case 'needs':
      return weighNeeds(rule, context.facts);
    case 'emergency':
      return { state: 'passed', detail: '' };
  }
}

function weighHours(rule: Rule, schedule: Schedule | undefined, { facts, zones, guardMs }: Context): PartOutcome {
  if (schedule === undefined) return { state: 'passed', detail: '' };
  const asked = rule.timeZone === 'called-party' ? zones : [rule.timeZone];
  const hours: Hours = { id: rule.id, schedule, zones: asked };
  const span = { fromMs: facts.atMs, limitMs: facts.atMs, guardMs };
  const closed = asked.find((zone) => nextOpening(schedule, zoneClock(zone), span) === undefined);
  if (closed === undefined) return { state: 'passed', detail: 'Inside the hours in every candidate zone.', hours };
  return {
    state: 'blocked',
    detail: `Outside the hours in ${closed}, where it is ${localTime(facts.atMs, closed)}.`,
    hours,
  };
}

const WEEKDAY_NAMES = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

function localTime(atMs: EpochMs, zone: string): string {
  const local = new Date(atMs + zoneClock(zone).segmentAt(atMs).offsetMs);
  return `${WEEKDAY_NAMES[local.getUTCDay()] ?? ''} ${local.toISOString().slice(0, 10)} ${local.toISOString().slice(11, 16)}`;
}

function weighCaps(rule: Rule, facts: DialFacts): PartOutcome {
  const today = Math.floor(facts.atMs / DAY_MS);
  const from = rule.effectiveFrom === undefined ? undefined : dayOfDate(rule.effectiveFrom);
  if (from !== undefined && from > today + ZONE_SPREAD_DAYS)
    return { state: 'passed', detail: 'Its caps do not bind yet.' };
  const states = (rule.caps ?? []).map((cap) => weighCap(cap, facts));
  const unreadable = states.find((state): state is CapState & { kind: 'unreadable' } => state.kind === 'unreadable');
  if (unreadable !== undefined) {
    return {
      state: 'unreadable',
      detail: unreadable.detail,
      gate: notBefore(rule.id, facts.atMs + UNREADABLE_RETRY_MS),
    };
  }
  const reached = states.filter((state): state is CapState & { kind: 'reached' } => state.kind === 'reached');
  if (reached.length === 0) return { state: 'passed', detail: 'Attempts are left under its caps.' };
  const [last] = reached.sort((a, b) => b.freeMs - a.freeMs);
  return {
    state: 'blocked',
    detail: reached.map(({ detail }) => detail).join(' '),
    gate: notBefore(rule.id, last?.freeMs ?? facts.atMs),
  };
}

function weighRegistry({ id, registry }: Rule, facts: DialFacts): PartOutcome {
  if (registry === undefined) return { state: 'passed', detail: '' };
  const fact = facts.lists.find(({ list }) => list === registry.list);
  if (fact?.state === 'listed')
    return { state: 'denied', detail: `The number stands on ${registry.list} and no live basis lifts that.` };
  const age = fact?.asOfMs === undefined ? undefined : facts.atMs - fact.asOfMs;
  const fresh = fact?.state === 'clear' && age !== undefined && age <= registry.maxAgeDays * DAY_MS;
  if (fresh) return { state: 'passed', detail: `The number does not stand on ${registry.list}.` };
  const cause =
    fact?.state === 'clear'
      ? `the copy is not known to be at most ${registry.maxAgeDays} days old`
      : 'it could not be read';
  return {
    state: 'unreadable',
    detail: `The call needs ${registry.list}, and ${cause}.`,
    gate: notBefore(id, facts.atMs + UNREADABLE_RETRY_MS),
  };
}

function weighNeeds({ needs = [], effectiveFrom, effectiveTo }: Rule, facts: DialFacts): PartOutcome {
  const today = Math.floor(facts.atMs / DAY_MS);
  const early = effectiveFrom !== undefined && (dayOfDate(effectiveFrom) ?? 0) > today + ZONE_SPREAD_DAYS;
  const over = effectiveTo !== undefined && (dayOfDate(effectiveTo) ?? 0) < today - ZONE_SPREAD_DAYS;
  if (early || over) return { state: 'passed', detail: 'It does not bind yet, or no more.' };
  if (hasLiveBasis(facts, needs)) return { state: 'passed', detail: 'A basis that it needs is live.' };
  return { state: 'denied', detail: `It needs a live basis (${needs.join(' or ')}) and there is none.` };
}
