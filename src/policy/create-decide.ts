import rules from './calling-rules.json' with { type: 'json' };
import { type Policy, policyOf } from './policy.ts';
import { type PolicyChoices, type PolicyTable, compileTable } from './table.ts';

/** The table in force: Ringback's own rules and the operator's choices. @throws PolicyTableError */
export const createTable = (choices: PolicyChoices = {}): PolicyTable => compileTable(rules, choices);

/** The policy with its table built here: for what starts rarely. Functions read a table that was built before. @throws PolicyTableError */
export const createPolicy = (choices: PolicyChoices = {}): Policy => policyOf(createTable(choices));

/** The verdict alone. @throws PolicyTableError */
export const createDecide = (choices: PolicyChoices = {}): Policy['decide'] => createPolicy(choices).decide;
