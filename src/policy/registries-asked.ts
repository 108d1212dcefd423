import { candidatesOf } from '../numbering/candidates.ts';
import { liftedParts } from './basis.ts';
import type { PolicyTable } from './table.ts';
import type { DialFacts } from './types.ts';
import { concerns, scopeGap } from './weigh-rules.ts';

/**
 * The national registries, such as `registry:US`, that some rule asks about this call and that no basis lifts. Only these
 * are worth a read: for a call that the person asked for there is usually none.
 */
export function registriesAsked(facts: DialFacts, table: PolicyTable): readonly string[] {
  const candidates = candidatesOf(facts.number, facts, table.trustedSources);
  const asked = table.rules.flatMap(({ rule, removed }) => {
    const binds =
      rule.registry !== undefined &&
      removed !== true &&
      concerns(rule, candidates, facts.atMs) &&
      scopeGap(rule, facts) === undefined &&
      !liftedParts(rule, facts).has('registry');
    return binds && rule.registry ? [rule.registry.list] : [];
  });
  return [...new Set(asked)];
}
