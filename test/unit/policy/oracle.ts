import { candidatesOf } from '../../../src/numbering/candidates.ts';
import type { Rule } from '../../../src/policy/rule.ts';
import type { DialFacts, LineHours } from '../../../src/policy/types.ts';

/**
 * The policy again, deliberately slow and simple: minute after minute, by the wall clock that Intl tells, with windows
 * compared as text. It shares nothing with `decide` but the candidates, which have tests of their own.
 * Every input must lie on a whole minute.
 */
const MINUTE_MS = 60_000;
const HORIZON_MINUTES = 31 * 1_440;
const SLOT_MINUTES = 30;

export type OracleVerdict =
  | { readonly verdict: 'allow' | 'deny' }
  | { readonly verdict: 'defer'; readonly untilMs: number };

interface Offsets {
  readonly format: Intl.DateTimeFormat;
  readonly bySlot: Map<number, number>;
  slot: number;
  minutes: number;
}

const offsets = new Map<string, Offsets>();

/** Minutes east of UTC, asked of Intl once per zone and half hour: clocks change on no other minute in these years. */
function offsetMinutes(zone: string, minute: number): number {
  let known = offsets.get(zone);
  if (known === undefined) {
    const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
    known = { format, bySlot: new Map(), slot: Number.NaN, minutes: 0 };
    offsets.set(zone, known);
  }
  const slot = Math.floor(minute / SLOT_MINUTES);
  if (slot !== known.slot) {
    known.minutes = known.bySlot.get(slot) ?? askIntl(known.format, slot);
    known.bySlot.set(slot, known.minutes);
    known.slot = slot;
  }
  return known.minutes;
}

function askIntl(format: Intl.DateTimeFormat, slot: number): number {
  const told = format.formatToParts(slot * SLOT_MINUTES * MINUTE_MS);
  const text = told.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const parts = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(text);
  if (parts === null) throw new Error(`Intl told the offset ${text}.`);
  return (Number(parts[2] ?? 0) * 60 + Number(parts[3] ?? 0)) * (parts[1] === '-' ? -1 : 1);
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const DAY_NAMES_TWICE = [
  'mon',
  'tue',
  'wed',
  'thu',
  'fri',
  'sat',
  'sun',
  'mon',
  'tue',
  'wed',
  'thu',
  'fri',
  'sat',
  'sun',
];

const TIMES = Array.from(
  { length: 1_440 },
  (_, minute) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`,
);
const days = new Map<number, { date: string; weekday: (typeof WEEKDAYS)[number] }>();

function dayAt(day: number): { date: string; weekday: (typeof WEEKDAYS)[number] } {
  const known = days.get(day);
  if (known !== undefined) return known;
  const local = new Date(day * 86_400_000);
  const told = { date: local.toISOString().slice(0, 10), weekday: WEEKDAYS[local.getUTCDay()] ?? 'sun' };
  days.set(day, told);
  return told;
}

function wallClock(zone: string, minute: number): { date: string; weekday: (typeof WEEKDAYS)[number]; time: string } {
  const local = minute + offsetMinutes(zone, minute);
  const day = Math.floor(local / 1_440);
  const { date, weekday } = dayAt(day);
  return { date, weekday, time: TIMES[local - day * 1_440] ?? '' };
}

const inside = (time: string, windows: readonly string[]): boolean => {
  for (const window of windows) if (window.slice(0, 5) <= time && time < window.slice(6)) return true;
  return false;
};

function namesDay(key: string, weekday: string): boolean {
  const [from = '', to = from] = key.split('-');
  const first = DAY_NAMES_TWICE.indexOf(from);
  return DAY_NAMES_TWICE.slice(first, DAY_NAMES_TWICE.indexOf(to, first) + 1).includes(weekday);
}

const weeks = new WeakMap<Rule, Map<string, readonly string[]>>();

/** Windows of a rule on a weekday, looked for once: the scan asks for them every minute. */
function windowsOf(rule: Rule, weekday: string): readonly string[] {
  const week = weeks.get(rule) ?? new Map<string, readonly string[]>();
  weeks.set(rule, week);
  const known = week.get(weekday);
  if (known !== undefined) return known;
  const windows = Object.entries(rule.hours ?? {}).find(([key]) => namesDay(key, weekday))?.[1] ?? [];
  week.set(weekday, windows);
  return windows;
}

function ruleOpen(rule: Rule, zone: string, minute: number): boolean {
  const { date, time, weekday } = wallClock(zone, minute);
  if (rule.effectiveFrom !== undefined && date < rule.effectiveFrom) return true;
  if (rule.effectiveTo !== undefined && date > rule.effectiveTo) return true;
  if (rule.holidays?.dates?.includes(date)) return inside(time, rule.holidays.hours);
  if (inside(time, rule.breaks ?? [])) return false;
  return inside(time, windowsOf(rule, weekday));
}

function lineOpen(line: LineHours, minute: number): boolean {
  const { date, time, weekday } = wallClock(line.timeZone, minute);
  if (line.holidays?.includes(date)) return false;
  return (line.weekdays[weekday] ?? []).some(([from, to]) => from <= time && time < to);
}

/** @param rules with hours or caps and of scope `any`, our house rules among them; nothing lifts them. */
export function oracle(facts: DialFacts, rules: readonly Rule[], guardMinutes: number): OracleVerdict {
  const { zones, jurisdictions } = candidatesOf(facts.number, facts);
  const start = facts.atMs / MINUTE_MS;
  const end = facts.window?.toMs === undefined ? Number.POSITIVE_INFINITY : facts.window.toMs / MINUTE_MS;
  if (start >= end) return { verdict: 'deny' };
  const binding = bindingRules(rules, { zones, jurisdictions }, start);

  const checks = [
    ...binding
      .filter(({ hours }) => hours !== undefined)
      .flatMap((rule) => zonesOf(rule, zones).map((zone) => (minute: number) => ruleOpen(rule, zone, minute))),
    ...(facts.lineHours === undefined ? [] : [lineCheck(facts.lineHours)]),
  ];
  // Whoever was closed the minute before is asked first, since it mostly still is.
  let closedBefore = checks[0];
  const hoursOpen = (minute: number): boolean => {
    if (closedBefore !== undefined && !closedBefore(minute)) return false;
    const closed = checks.find((isOpen) => !isOpen(minute));
    closedBefore = closed ?? closedBefore;
    return closed === undefined;
  };
  let openRun = 0;
  for (let minute = start; minute <= start + HORIZON_MINUTES + guardMinutes; minute += 1) {
    openRun = hoursOpen(minute) ? openRun + 1 : 0;
    // A whole guard must still be open after the candidate, so it lies that many minutes back in the run.
    const candidate = minute - guardMinutes;
    if (candidate < start || openRun < guardMinutes + 1) continue;
    if (!otherwiseOpen(facts, binding, candidate)) continue;
    if (candidate > start + HORIZON_MINUTES || candidate >= end) break;
    return candidate === start ? { verdict: 'allow' } : { verdict: 'defer', untilMs: candidate * MINUTE_MS };
  }
  return { verdict: 'deny' };
}

const lineCheck = (line: LineHours) => (minute: number) => lineOpen(line, minute);

const zonesOf = (rule: Rule, zones: readonly string[]): readonly string[] =>
  rule.timeZone === 'called-party' ? zones : [rule.timeZone];

/** Whether the rule is in force in every zone on the first and on the last day that a call may be deferred to. */
const inForceThroughout = (rule: Rule, zones: readonly string[], start: number): boolean =>
  zonesOf(rule, zones).every((zone) => {
    const first = wallClock(zone, start).date;
    const last = wallClock(zone, start + HORIZON_MINUTES).date;
    return (rule.effectiveFrom ?? first) <= first && last <= (rule.effectiveTo ?? last);
  });

function bindingRules(
  rules: readonly Rule[],
  { zones, jurisdictions }: { readonly zones: readonly string[]; readonly jurisdictions: readonly string[] },
  start: number,
): Rule[] {
  const atMs = start * MINUTE_MS;
  const nearMs = 32 * 86_400_000;
  const concerned = rules.filter(
    ({ jurisdiction, effectiveFrom, effectiveTo }) =>
      (jurisdiction === '*' || jurisdictions.includes(jurisdiction)) &&
      (effectiveFrom === undefined || Date.parse(effectiveFrom) <= atMs + nearMs) &&
      (effectiveTo === undefined || Date.parse(effectiveTo) >= atMs - 2 * 86_400_000),
  );
  const countries = jurisdictions.filter((code) => code.length === 2);
  const others = concerned.filter(
    (rule) => rule.fallback !== true && rule.hours !== undefined && inForceThroughout(rule, zones, start),
  );
  // A place is a country whose parts are not known, or a part of one; the hours of a country hold in its parts.
  const places = jurisdictions.filter(
    (code) => !countries.includes(code) || !jurisdictions.some((part) => part.startsWith(`${code}-`)),
  );
  const covered = places.every((place) =>
    others.some(({ jurisdiction }) => jurisdiction === place || jurisdiction === place.slice(0, 2)),
  );
  return concerned.filter(({ fallback }) => fallback !== true || !covered);
}

function otherwiseOpen(facts: DialFacts, rules: readonly Rule[], minute: number): boolean {
  const atMs = minute * MINUTE_MS;
  if (facts.window !== undefined && atMs < facts.window.fromMs) return false;
  for (const ban of facts.bans === 'unreadable' ? [] : facts.bans) {
    const untilMs = ban.toMs ?? Math.max(ban.fromMs, facts.atMs) + 60 * MINUTE_MS;
    if (atMs >= ban.fromMs && atMs < untilMs) return false;
  }
  const attempts = facts.attemptsMs === 'unreadable' ? [] : facts.attemptsMs;
  return rules
    .flatMap((rule) => rule.caps ?? [])
    .every((cap) => attempts.filter((madeMs) => madeMs > atMs - cap.windowHours * 60 * MINUTE_MS).length < cap.count);
}
