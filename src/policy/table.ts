import type { TrustedSource } from '../numbering/candidates.ts';
import { numberingVersion } from '../numbering/table.ts';
import { sha256 } from '../shared/digest.ts';
import { type RuleProblem, checkOperatorRules, checkRules } from './check-rules.ts';
import { houseRules } from './house-rules.ts';
import { looserThan } from './loosening.ts';
import type { OperatorRule, Removal, Rule } from './rule.ts';
import { type Schedule, scheduleOfRule } from './schedule.ts';

/** What an operator may choose; everything has a default. Rules are checked here, so their type is open. */
export interface PolicyChoices {
  /** Nothing is dialed in the last minutes of a window. Default 2. */
  readonly windowGuardMinutes?: number;
  /** Attempts per number over all calls and lines. Default 3 in 24 h and 7 in 168 h. */
  readonly caps?: readonly { readonly attempts: number; readonly hours: number }[];
  /** Hours where no statute sets any, `HH:MM`. Default 08:00 to 21:00. */
  readonly defaultHours?: { readonly from: string; readonly to: string };
  /** Why `caps` or `defaultHours` are looser than the defaults; required then, and told in every decision. */
  readonly looserBecause?: string;
  /** Sources of place that count instead of the number, rather than beside it. Default none. */
  readonly trustedSources?: readonly TrustedSource[];
  /** Operator's rules and removals; see docs/policy.md. */
  readonly rules?: readonly unknown[];
}

/** A rule ready to be weighed. */
export interface TableRule {
  readonly rule: Rule;
  readonly schedule?: Schedule;
  /** Why the operator loosened it; told in every decision. */
  readonly loosenedBecause?: string;
  /** Left out by the operator: never weighed, always told. */
  readonly removed?: true;
}

/** All rules in force, with the settings that a verdict depends on. Plain JSON, so that it can be built once and kept. */
export interface PolicyTable {
  readonly rules: readonly TableRule[];
  readonly guardMs: number;
  readonly trustedSources: readonly TrustedSource[];
  /** SHA-256 of rules, settings and number data, hex. */
  readonly version: string;
}

/** The table could not be built: the message names every problem with its path. */
export class PolicyTableError extends Error {
  override readonly name = 'PolicyTableError';
  readonly code = 'POLICY_TABLE_INVALID';
  readonly problems: readonly RuleProblem[];

  constructor(problems: readonly RuleProblem[]) {
    super(problems.map(({ path, message }) => `${path} ${message}.`).join('\n'));
    this.problems = problems;
  }
}

const GUARD_MINUTES = 2;
const MINUTE_MS = 60_000;
const DEFAULT_CAPS = [
  { attempts: 3, hours: 24 },
  { attempts: 7, hours: 168 },
];
const DEFAULT_HOURS = { from: '08:00', to: '21:00' };

/**
 * Joins the built-in rules, our own defaults and the operator's choices to the table in force.
 * @param path where the choices stand in the settings, for messages. Default `policy`.
 * @throws PolicyTableError naming every rule that is wrong, or looser without a reason
 */
export function compileTable(builtIn: unknown, choices: PolicyChoices = {}, path = 'policy'): PolicyTable {
  const shipped = checkRules(builtIn, 'calling-rules.json');
  const operator = checkOperatorRules(choices.rules ?? [], `${path}.rules`);
  const house = checkHouse(choices, path);
  const problems = [shipped, operator].flatMap((checked) => (checked.ok ? [] : checked.failure));
  if (!shipped.ok || !operator.ok || problems.length > 0 || house.problems.length > 0) {
    throw new PolicyTableError([...problems, ...house.problems]);
  }
  const joined = applyOperator(
    [...shipped.value.map((rule) => ({ rule })), ...house.rules],
    operator.value,
    `${path}.rules`,
  );
  const rules = joined.map((entry) => ({ ...entry, ...withSchedule(entry.rule) }));
  const guardMs = (choices.windowGuardMinutes ?? GUARD_MINUTES) * MINUTE_MS;
  const trustedSources = choices.trustedSources ?? [];
  return { rules, guardMs, trustedSources, version: versionOf(joined, guardMs, trustedSources) };
}

const withSchedule = (rule: Rule): { schedule?: Schedule } => {
  const schedule = scheduleOfRule(rule);
  return schedule === undefined ? {} : { schedule };
};

function checkHouse(choices: PolicyChoices, path: string): { rules: TableRule[]; problems: RuleProblem[] } {
  const defaults = houseRules(DEFAULT_CAPS, DEFAULT_HOURS);
  const chosen = houseRules(choices.caps ?? DEFAULT_CAPS, choices.defaultHours ?? DEFAULT_HOURS);
  const checked = checkRules(chosen, path);
  if (!checked.ok)
    return {
      rules: [],
      problems: checked.failure.map((problem) => ({ path, message: `caps or defaultHours: ${problem.message}` })),
    };
  const looser = [
    ...looserThan(mergedCaps(defaults), mergedCaps(checked.value)),
    ...hoursOnly(defaults).flatMap((built) => hoursOnly(checked.value).flatMap((next) => looserThan(built, next))),
  ];
  if (looser.length === 0) return { rules: checked.value.map((rule) => ({ rule })), problems: [] };
  const because = choices.looserBecause?.trim() ?? '';
  if (because.length < 10) {
    return {
      rules: [],
      problems: [{ path: `${path}.looserBecause`, message: `must say why, because ${looser.join(' and ')}` }],
    };
  }
  return { rules: checked.value.map((rule) => ({ rule, loosenedBecause: because })), problems: [] };
}

const hoursOnly = (rules: readonly Rule[]): Rule[] => rules.filter((rule) => rule.hours !== undefined);
/** Caps stand in one rule each; together they are compared as one. */
const mergedCaps = (rules: readonly Rule[]): Rule => {
  const first = rules.find((rule) => rule.caps !== undefined);
  if (first === undefined) throw new Error('House rules hold a cap.');
  return { ...first, caps: rules.flatMap((rule) => rule.caps ?? []) };
};

/** Adds what is new, replaces what is named, and refuses what is looser and does not say so. */
function applyOperator(
  shipped: readonly TableRule[],
  operator: readonly (OperatorRule | Removal)[],
  path: string,
): TableRule[] {
  const table = new Map(shipped.map((entry) => [entry.rule.id, entry]));
  const problems: RuleProblem[] = [];
  for (const [index, entry] of operator.entries()) {
    const at = `${path}[${index}]`;
    if ('removes' in entry) {
      const built = table.get(entry.removes);
      if (built === undefined)
        problems.push({
          path: `${at}.removes`,
          message: `must be the id of a rule of the table, got ${entry.removes}`,
        });
      else table.set(entry.removes, { rule: built.rule, loosenedBecause: entry.reason, removed: true });
      continue;
    }
    const { loosens, reason, ...rule } = entry;
    if (loosens !== undefined && !table.has(loosens)) {
      problems.push({ path: `${at}.loosens`, message: `must be the id of a rule of the table, got ${loosens}` });
      continue;
    }
    const built = table.get(loosens ?? rule.id);
    const looser = built === undefined ? [] : looserThan(built.rule, rule);
    if (looser.length > 0 && (loosens === undefined || reason === undefined)) {
      const wanted = loosens === undefined ? `loosens: "${rule.id}" and a reason` : 'a reason';
      problems.push({
        path: at,
        message: `must have ${wanted}, because it is looser than ${loosens ?? rule.id}: ${looser.join('; ')}`,
      });
      continue;
    }
    if (loosens !== undefined && loosens !== rule.id && table.has(rule.id)) {
      problems.push({
        path: `${at}.id`,
        message: `must be ${loosens} or a new id, because ${rule.id} is another rule of the table`,
      });
      continue;
    }
    if (loosens !== undefined) table.delete(loosens);
    table.set(rule.id, { rule, ...(reason !== undefined && looser.length > 0 && { loosenedBecause: reason }) });
  }
  if (problems.length > 0) throw new PolicyTableError(problems);
  return [...table.values()];
}

function versionOf(rules: readonly TableRule[], guardMs: number, trustedSources: readonly TrustedSource[]): string {
  const sorted = [...rules].sort((a, b) => (a.rule.id < b.rule.id ? -1 : 1));
  const text = canonicalJson({ rules: sorted, guardMs, trustedSources, numbering: numberingVersion() });
  return sha256(text);
}

/** JSON with sorted keys and nothing undefined, so that the same table always has the same bytes. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}
