import type { EpochMs } from '../shared/clock.ts';
import type { Lift, Rule, RulePart } from './rule.ts';
import type { Basis, DialFacts } from './types.ts';

/** How long a relationship counts where the rule does not say: 47 CFR 64.1200(f)(5). */
const RELATIONSHIP_MONTHS = 18;
const INQUIRY_MONTHS = 3;

const PARTS: readonly RulePart[] = ['hours', 'caps', 'registry', 'needs', 'emergency'];

/** The parts of a rule that a basis lifts, `all` spelled out. */
export const partsOf = (lift: Lift): readonly RulePart[] =>
  lift.lifts.includes('all') ? PARTS : PARTS.filter((part) => lift.lifts.includes(part));

/** How many months from its start a basis counts for a lift; infinite for a request or consent that the rule does not limit. */
export function monthsOf(lift: Pick<Lift, 'basis' | 'months' | 'inquiryMonths'>, inquiry: boolean): number {
  if (lift.basis !== 'relationship') return lift.months ?? Number.POSITIVE_INFINITY;
  const months = lift.months ?? RELATIONSHIP_MONTHS;
  return inquiry ? Math.min(months, lift.inquiryMonths ?? INQUIRY_MONTHS) : months;
}

/** Whether a basis holds at the instant of the verdict for the purpose of the call, as long as the lift lets it count. */
export function isLive(
  basis: Basis,
  facts: DialFacts,
  lift: Pick<Lift, 'basis' | 'months' | 'inquiryMonths'>,
): boolean {
  if (basis.type !== lift.basis || basis.startMs > facts.atMs) return false;
  if (basis.expiryMs !== undefined && facts.atMs >= basis.expiryMs) return false;
  if (basis.purpose !== undefined && basis.purpose !== facts.purpose) return false;
  const months = monthsOf(lift, basis.inquiry === true);
  return !Number.isFinite(months) || facts.atMs < addMonths(basis.startMs, months);
}

/** Whether any live basis of one of these types is there. */
export const hasLiveBasis = (facts: DialFacts, types: readonly Basis['type'][]): boolean =>
  types.some((type) => facts.bases.some((basis) => isLive(basis, facts, { basis: type })));

/** Which parts of a rule are lifted for this call, and by which basis. Disputed lifts lift nothing. */
export function liftedParts(rule: Rule, facts: DialFacts): ReadonlyMap<RulePart, Basis> {
  const lifted = new Map<RulePart, Basis>();
  for (const lift of rule.liftedBy) {
    if (lift.disputed === true || (lift.firstAttemptOnly === true && facts.attemptsOfCall > 0)) continue;
    const basis = facts.bases.find((candidate) => isLive(candidate, facts, lift));
    if (basis === undefined) continue;
    for (const part of partsOf(lift)) lifted.set(part, basis);
  }
  return lifted;
}

/** Calendar months later in UTC; the 31st of a shorter month is its last day. */
export function addMonths(atMs: EpochMs, months: number): EpochMs {
  const date = new Date(atMs);
  const dayOfMonth = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(dayOfMonth, lastDay));
  return date.getTime();
}
