import rules from './calling-rules.json' with { type: 'json' };
import { decide } from './decide.ts';
import { registriesAsked } from './registries-asked.ts';
import { type PolicyChoices, type PolicyTable, compileTable } from './table.ts';
import type { Decision, DialFacts } from './types.ts';

/** The table in force: Ringback's own rules and the operator's choices. @throws PolicyTableError */
export const createTable = (choices: PolicyChoices = {}): PolicyTable => compileTable(rules, choices);

/** The policy as the ledger calls it, with the table built once. */
export interface Policy {
  readonly decide: (facts: DialFacts) => Decision;
  /** The registries that a verdict on these facts needs; see `registriesAsked`. */
  readonly registriesAsked: (facts: DialFacts) => readonly string[];
}

/** @throws PolicyTableError */
export function createPolicy(choices: PolicyChoices = {}): Policy {
  const table = createTable(choices);
  return { decide: (facts) => decide(facts, table), registriesAsked: (facts) => registriesAsked(facts, table) };
}

/** The verdict alone. @throws PolicyTableError */
export const createDecide = (choices: PolicyChoices = {}): Policy['decide'] => createPolicy(choices).decide;
