import { monthsOf, partsOf } from './basis.ts';
import type { Cap, Lift, Rule } from './rule.ts';
import { DAY_MINUTES, type Minutes, type Schedule, scheduleOfRule } from './schedule.ts';

/** Scopes that hold all calls another one holds. */
const WIDER_SCOPES: Readonly<Record<Rule['scope'], readonly Rule['scope'][]>> = {
  any: ['any'],
  'any-sales': ['any', 'any-sales'],
  unsolicited: ['any', 'any-sales', 'unsolicited'],
  automated: ['any', 'any-sales', 'automated'],
  prerecorded: ['any', 'any-sales', 'automated', 'prerecorded'],
  debt: ['any', 'debt'],
};

/**
 * What `next` lets through that `built` would not, in a few words each; empty where it is as tight or tighter.
 * Whatever cannot be compared counts as looser.
 */
export function looserThan(built: Rule, next: Rule): string[] {
  return [
    ...reach(built, next),
    ...hours(built, next),
    ...caps(built.caps ?? [], next.caps ?? []),
    ...lists(built, next),
    ...lifts(built.liftedBy, next.liftedBy),
  ];
}

function reach(built: Rule, next: Rule): string[] {
  const looser: string[] = [];
  const covers =
    next.jurisdiction === '*' ||
    next.jurisdiction === built.jurisdiction ||
    built.jurisdiction.startsWith(`${next.jurisdiction}-`);
  if (!covers) looser.push(`it no longer covers ${built.jurisdiction}`);
  if (!WIDER_SCOPES[built.scope].includes(next.scope))
    looser.push(`its scope ${next.scope} leaves out calls of scope ${built.scope}`);
  if (
    next.effectiveFrom !== undefined &&
    !(built.effectiveFrom !== undefined && next.effectiveFrom <= built.effectiveFrom)
  ) {
    looser.push(`it starts on ${next.effectiveFrom} only`);
  }
  if (next.effectiveTo !== undefined && !(built.effectiveTo !== undefined && next.effectiveTo >= built.effectiveTo)) {
    looser.push(`it ends on ${next.effectiveTo}`);
  }
  return looser;
}

function hours(built: Rule, next: Rule): string[] {
  const before = scheduleOfRule({ ...built, effectiveFrom: undefined, effectiveTo: undefined });
  const after = scheduleOfRule({ ...next, effectiveFrom: undefined, effectiveTo: undefined });
  if (before === undefined) return [];
  if (after === undefined) return ['it has no hours'];
  const looser: string[] = [];
  if (built.timeZone !== next.timeZone) looser.push(`its time zone is ${next.timeZone} instead of ${built.timeZone}`);
  if (built.fallback !== true && next.fallback === true) looser.push('it binds as a fallback only');
  if (before.week.some((minutes, weekday) => !within(after.week[weekday] ?? [], minutes)))
    looser.push('its windows are wider');
  if (holidaysLooser(before, after)) looser.push('it allows more on holidays');
  return looser;
}

/** Whether every minute of `inner` is one of `outer`. */
function within(inner: Minutes, outer: Minutes): boolean {
  const open = new Uint8Array(DAY_MINUTES);
  for (let index = 0; index < outer.length; index += 2) open.fill(1, outer[index], outer[index + 1]);
  for (let index = 0; index < inner.length; index += 2) {
    if (open.subarray(inner[index], inner[index + 1]).includes(0)) return false;
  }
  return true;
}

function holidaysLooser(before: Schedule, after: Schedule): boolean {
  const kept = before.holidays;
  const { holidays } = after;
  if (holidays !== undefined) {
    // On its holidays the next rule's own windows hold, so these may not be wider than any that held before.
    const closest = kept === undefined ? before.week : [...before.week, kept.minutes];
    if (!closest.every((minutes) => within(holidays.minutes, minutes))) return true;
  }
  if (kept === undefined) return false;
  const calendars = holidays?.calendars ?? [];
  const dates = holidays?.dates ?? [];
  return kept.calendars.some((name) => !calendars.includes(name)) || kept.dates.some((day) => !dates.includes(day));
}

function caps(built: readonly Cap[], next: readonly Cap[]): string[] {
  const holds = (cap: Cap, other: Cap): boolean =>
    other.count <= cap.count && other.windowHours >= cap.windowHours && (other.per === 'number' || cap.per === 'line');
  return built
    .filter((cap) => !next.some((other) => holds(cap, other)))
    .map((cap) => `it allows more than ${cap.count} attempts in ${cap.windowHours} h per ${cap.per}`);
}

function lists(built: Rule, next: Rule): string[] {
  const looser: string[] = [];
  if (built.registry !== undefined) {
    if (next.registry?.list !== built.registry.list) looser.push(`it no longer looks at ${built.registry.list}`);
    else if (next.registry.maxAgeDays > built.registry.maxAgeDays)
      looser.push(`it takes a copy older than ${built.registry.maxAgeDays} days`);
  }
  if (built.needs !== undefined && !(next.needs ?? []).every((basis) => built.needs?.includes(basis)))
    looser.push('it is content with another basis');
  if (built.needs !== undefined && next.needs === undefined) looser.push('it needs no basis');
  if (built.emergency === true && next.emergency !== true) looser.push('it leaves emergencies out');
  return looser;
}

function lifts(built: readonly Lift[], next: readonly Lift[]): string[] {
  return next
    .filter((lift) => lift.disputed !== true)
    .filter((lift) => !built.some((known) => known.disputed !== true && isAsNarrow(lift, known)))
    .map((lift) => `more is lifted by a ${lift.basis}`);
}

function isAsNarrow(lift: Lift, known: Lift): boolean {
  return (
    lift.basis === known.basis &&
    partsOf(lift).every((part) => partsOf(known).includes(part)) &&
    monthsOf(lift, false) <= monthsOf(known, false) &&
    monthsOf(lift, true) <= monthsOf(known, true) &&
    (known.firstAttemptOnly !== true || lift.firstAttemptOnly === true)
  );
}
