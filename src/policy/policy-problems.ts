import type { RuleProblem } from './check-rules.ts';
import { createTable } from './create-decide.ts';
import { type PolicyChoices, PolicyTableError } from './table.ts';

/** Everything that is wrong with an operator's choices, each with its path in the settings; empty where they hold together. */
export function policyProblems(choices: PolicyChoices): readonly RuleProblem[] {
  try {
    createTable(choices);
    return [];
  } catch (error) {
    if (!(error instanceof PolicyTableError)) throw error;
    return error.problems;
  }
}
