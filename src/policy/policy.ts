import { decide } from './decide.ts';
import { registriesAsked } from './registries-asked.ts';
import type { PolicyTable } from './table.ts';
import type { Decision, DialFacts } from './types.ts';

/** The policy as the ledger calls it, with its table in place. */
export interface Policy {
  readonly decide: (facts: DialFacts) => Decision;
  /** The registries that a verdict on these facts needs; see `registriesAsked`. */
  readonly registriesAsked: (facts: DialFacts) => readonly string[];
}

/** The policy of a compiled table. Nothing is checked again: `compileTable` made it, here or before it was kept as JSON. */
export const policyOf = (table: PolicyTable): Policy => ({
  decide: (facts) => decide(facts, table),
  registriesAsked: (facts) => registriesAsked(facts, table),
});
