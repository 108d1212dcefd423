import { type Candidates, candidatesOf } from '../numbering/candidates.ts';
import type { EpochMs } from '../shared/clock.ts';
import { distinctHoursGates, firstCommonOpening } from './gate.ts';
import type { PolicyTable } from './table.ts';
import type { Decision, DialFacts, RuleFinding, Verdict } from './types.ts';
import type { Weighed } from './weighed.ts';
import { weighBans } from './weigh-bans.ts';
import { weighLists } from './weigh-lists.ts';
import { weighRules } from './weigh-rules.ts';
import { weighWindow } from './weigh-window.ts';

/** How far ahead a lawful instant is looked for. */
export const HORIZON_MS = 31 * 86_400_000;

/**
 * Whether a number may be dialed at `facts.atMs`, or when, or not at all, with every rule that was weighed.
 * Pure: the same facts and table always give the same decision. Whatever is not known counts against dialing.
 */
export function decide(facts: DialFacts, table: PolicyTable): Decision {
  const candidates = candidatesOf(facts.number, facts, table.trustedSources);
  const parts = [
    weighPlace(candidates),
    weighLists(facts),
    weighWindow(facts, table),
    weighBans(facts, candidates, table),
    weighRules(facts, candidates, table),
  ];
  const all: Weighed = {
    findings: parts.flatMap(({ findings }) => findings),
    denials: parts.flatMap(({ denials }) => denials),
    gates: parts.flatMap(({ gates }) => gates),
    hours: parts.flatMap(({ hours }) => hours),
  };
  const settled = settle(facts, all, table.guardMs);
  return {
    ...settled.verdict,
    atMs: facts.atMs,
    zones: candidates.zones,
    jurisdictions: candidates.jurisdictions,
    findings: settled.finding === undefined ? all.findings : [...all.findings, settled.finding],
    ...(settled.because !== undefined && { because: settled.because }),
    tableVersion: table.version,
    facts,
  };
}

interface Settled {
  readonly verdict: Verdict;
  readonly because?: string;
  /** A finding that only the whole can make. */
  readonly finding?: RuleFinding;
}

const deny: Verdict = { verdict: 'deny' };

function settle(facts: DialFacts, weighed: Weighed, guardMs: number): Settled {
  const [denial] = weighed.denials;
  if (denial !== undefined) return { verdict: deny, because: denial };
  const held = weighed.findings.filter(({ result }) => result === 'blocked' || result === 'unreadable');
  if (held.length === 0) return { verdict: { verdict: 'allow' } };

  const limitMs = facts.atMs + HORIZON_MS;
  const gates = [...weighed.gates, ...distinctHoursGates(weighed.hours, { fromMs: facts.atMs, limitMs }, guardMs)];
  const untilMs = firstCommonOpening(gates, facts.atMs, limitMs);
  if (untilMs === undefined) return neverOpen();
  const endMs = facts.window?.toMs;
  if (endMs !== undefined && untilMs >= endMs) return windowOver(untilMs, endMs);
  return { verdict: { verdict: 'defer', untilMs }, because: lastToOpen(held, weighed, guardMs, facts.atMs) };
}

const neverOpen = (): Settled => ({
  verdict: deny,
  because: 'no-lawful-instant',
  finding: {
    id: 'no-lawful-instant',
    result: 'blocked',
    citation: "Ringback's own default, not a statute",
    url: 'docs/policy.md#next-lawful-instant',
    detail: 'No instant within 31 days is open in every candidate zone under every rule.',
  },
});

const windowOver = (untilMs: EpochMs, endMs: EpochMs): Settled => ({
  verdict: deny,
  because: 'window-over',
  finding: {
    id: 'window-over',
    result: 'blocked',
    citation: "Ringback's own default, not a statute",
    url: 'docs/policy.md#next-lawful-instant',
    detail: `The wished window ends at ${iso(endMs)}, before the next lawful instant, ${iso(untilMs)}.`,
  },
});

const iso = (atMs: EpochMs): string => new Date(atMs).toISOString();

/** The finding that holds the call longest when each is taken alone. */
function lastToOpen(
  held: readonly RuleFinding[],
  weighed: Weighed,
  guardMs: number,
  atMs: EpochMs,
): string | undefined {
  const limitMs = atMs + HORIZON_MS;
  let last: { id: string; openMs: EpochMs } | undefined;
  for (const { id } of held) {
    const own = [
      ...weighed.gates.filter((gate) => gate.id === id),
      ...distinctHoursGates(
        weighed.hours.filter((hours) => hours.id === id),
        { fromMs: atMs, limitMs },
        guardMs,
      ),
    ];
    const openMs = firstCommonOpening(own, atMs, limitMs) ?? Number.POSITIVE_INFINITY;
    if (last === undefined || openMs > last.openMs) last = { id, openMs };
  }
  return last?.id;
}

function weighPlace({ zones }: Candidates): Weighed {
  const known = zones.length > 0;
  return {
    findings: [
      {
        id: 'known-zone',
        result: known ? 'passed' : 'blocked',
        citation: "Ringback's own default, not a statute",
        url: 'docs/policy.md#where-a-number-may-be',
        detail: known
          ? `The number rings in ${zones.length === 1 ? 'one zone' : `one of ${zones.length} zones`}.`
          : 'Nothing tells in which zone this number rings, so it is not dialed.',
      },
    ],
    denials: known ? [] : ['known-zone'],
    gates: [],
    hours: [],
  };
}
