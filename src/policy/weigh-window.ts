import { type Hours, notBefore } from './gate.ts';
import { nextOpening, scheduleOfLine } from './schedule.ts';
import type { PolicyTable } from './table.ts';
import type { DialFacts, LineHours, RuleFinding } from './types.ts';
import type { Weighed } from './weighed.ts';
import { zoneClock } from './zone-clock.ts';

const SOURCE = { citation: "Ringback's own default, not a statute", url: 'docs/policy.md#next-lawful-instant' };

/** What the person or trigger wished for, and the line's own opening hours. */
export function weighWindow(facts: DialFacts, table: PolicyTable): Weighed {
  const parts = [weighWish(facts), weighLine(facts, table)];
  return {
    findings: parts.flatMap(({ findings }) => findings ?? []),
    denials: parts.flatMap(({ denials }) => denials ?? []),
    gates: parts.flatMap(({ gates }) => gates ?? []),
    hours: parts.flatMap(({ hours }) => hours ?? []),
  };
}

function weighWish({ atMs, window }: DialFacts): Partial<Weighed> {
  if (window === undefined) return {};
  const { fromMs, toMs } = window;
  if (toMs !== undefined && atMs >= toMs) {
    const finding = {
      id: 'window-over',
      result: 'blocked' as const,
      ...SOURCE,
      detail: `The wished window ended at ${iso(toMs)}.`,
    };
    return { findings: [finding], denials: ['window-over'] };
  }
  const early = atMs < fromMs;
  const finding: RuleFinding = {
    id: 'requested-window',
    result: early ? 'blocked' : 'passed',
    ...SOURCE,
    detail: early
      ? `The call is wished for from ${iso(fromMs)} on.`
      : 'The call is inside the window that was wished for.',
  };
  return { findings: [finding], gates: [notBefore(finding.id, fromMs)] };
}

const iso = (atMs: number): string => new Date(atMs).toISOString();

const hoursByLine = new WeakMap<LineHours, Hours>();

/** Lines come from the settings and stay the same objects, so their hours are prepared once. */
function hoursOfLine(line: LineHours): Hours {
  const known = hoursByLine.get(line);
  if (known !== undefined) return known;
  const hours = { id: 'line-hours', schedule: scheduleOfLine(line), zones: [line.timeZone] };
  hoursByLine.set(line, hours);
  return hours;
}

function weighLine({ atMs, lineHours }: DialFacts, { guardMs }: PolicyTable): Partial<Weighed> {
  if (lineHours === undefined) return {};
  const hours = hoursOfLine(lineHours);
  const open =
    nextOpening(hours.schedule, zoneClock(lineHours.timeZone), { fromMs: atMs, limitMs: atMs, guardMs }) !== undefined;
  const finding: RuleFinding = {
    id: 'line-hours',
    result: open ? 'passed' : 'blocked',
    ...SOURCE,
    detail: open ? 'The line is open.' : `The line is closed now (its hours are kept in ${lineHours.timeZone}).`,
  };
  return { findings: [finding], hours: [hours] };
}
