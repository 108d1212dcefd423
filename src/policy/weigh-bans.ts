import type { Candidates } from '../numbering/candidates.ts';
import { liftedParts } from './basis.ts';
import { type Gate, closedBetween, notBefore } from './gate.ts';
import type { PolicyTable } from './table.ts';
import type { DialFacts, EmergencyBan, RuleFinding } from './types.ts';
import { UNREADABLE_RETRY_MS, type Weighed } from './weighed.ts';

/** How soon a ban is looked at again: an operator may have lifted it. */
export const BAN_RECHECK_MS = 3_600_000;
const ID_PREFIX = 'emergency:';
const SOURCE = { citation: 'A ban that the operator declared', url: 'docs/policy.md#emergency-bans' };

/** Whether a decision's `because` names a ban. */
export const isBan = (findingId: string | undefined): boolean => findingId?.startsWith(ID_PREFIX) === true;

/** Emergency bans: block their jurisdictions until lifted or over, unless an emergency statute there says what lifts them. */
export function weighBans(facts: DialFacts, candidates: Candidates, table: PolicyTable): Weighed {
  if (facts.bans === 'unreadable') {
    const id = 'emergency-bans';
    const detail = 'Whether an emergency ban is in force could not be read.';
    return {
      findings: [{ id, result: 'unreadable', ...SOURCE, detail }],
      denials: [],
      gates: [notBefore(id, facts.atMs + UNREADABLE_RETRY_MS)],
      hours: [],
    };
  }
  const known = facts.bans.filter(
    (ban) => candidates.jurisdictions.includes(ban.jurisdiction) && !isOver(ban, facts.atMs),
  );
  const weighed = known.map((ban) => weighBan(ban, facts, table));
  return {
    findings: weighed.map(({ finding }) => finding),
    denials: [],
    gates: weighed.flatMap(({ gate }) => (gate === undefined ? [] : [gate])),
    hours: [],
  };
}

const isOver = ({ toMs }: EmergencyBan, atMs: number): boolean => toMs !== undefined && toMs <= atMs;

function weighBan(ban: EmergencyBan, facts: DialFacts, table: PolicyTable): { finding: RuleFinding; gate?: Gate } {
  const id = `${ID_PREFIX}${ban.id}`;
  const statute = table.rules.find(
    ({ rule, removed }) => removed !== true && rule.emergency === true && rule.jurisdiction === ban.jurisdiction,
  )?.rule;
  const source = statute === undefined ? SOURCE : { citation: statute.citation, url: statute.url };
  const basis = statute === undefined ? undefined : liftedParts(statute, facts).get('emergency');
  if (basis !== undefined) {
    return {
      finding: {
        id,
        result: 'lifted',
        ...source,
        detail: `A ban on ${ban.jurisdiction} is lifted by the ${basis.type}.`,
      },
    };
  }
  const inForce = facts.atMs >= ban.fromMs;
  const end = ban.toMs === undefined ? 'until it is lifted' : `until ${new Date(ban.toMs).toISOString()}`;
  const finding: RuleFinding = {
    id,
    result: inForce ? 'blocked' : 'passed',
    ...source,
    detail: inForce
      ? `Calls into ${ban.jurisdiction} are banned ${end}: ${ban.reason}.`
      : `Calls into ${ban.jurisdiction} are banned from ${new Date(ban.fromMs).toISOString()} on.`,
  };
  return { finding, gate: gateOf(id, ban, facts.atMs) };
}

/** A ban without an end opens at no known instant, so the call is looked at again in an hour, when it may have been lifted. */
function gateOf(id: string, ban: EmergencyBan, atMs: number): Gate {
  if (ban.toMs !== undefined) return closedBetween(id, ban.fromMs, ban.toMs);
  return closedBetween(id, ban.fromMs, Math.max(ban.fromMs, atMs) + BAN_RECHECK_MS);
}
