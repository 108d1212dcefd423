import type * as z from 'zod/mini';
import { dayOfDate } from './calendar-day.ts';
import { type OperatorRule, OperatorRuleSchema, type Removal, RemovalSchema, type Rule, RuleSchema } from './rule.ts';
import { spanOf, weekdaysOf } from './schedule.ts';

/** One thing that is wrong with a rule file, and where. */
export interface RuleProblem {
  /** Such as `policy.rules[2].hours.mon-fri[0]`. */
  readonly path: string;
  readonly message: string;
}

/** Rules that hold together, or everything that is wrong with them. */
export type CheckedRules<T> =
  | { readonly ok: true; readonly value: readonly T[] }
  | { readonly ok: false; readonly failure: readonly RuleProblem[] };

const RULES_MAX = 1_000;

/** Checks the built-in table. `path` is where the list stands, for the messages. */
export const checkRules = (rules: unknown, path: string): CheckedRules<Rule> =>
  checkList(rules, path, (entry, at) => checkRule(RuleSchema, entry, at));

/** Checks an operator's rules and removals. */
export const checkOperatorRules = (rules: unknown, path: string): CheckedRules<OperatorRule | Removal> =>
  checkList<OperatorRule | Removal>(rules, path, (entry, at) =>
    typeof entry === 'object' && entry !== null && 'removes' in entry
      ? parse(RemovalSchema, entry, at)
      : checkRule(OperatorRuleSchema, entry, at),
  );

const idOf = (entry: Rule | Removal): string | undefined => ('id' in entry ? entry.id : undefined);

function checkList<T extends Rule | Removal>(
  entries: unknown,
  path: string,
  check: (entry: unknown, path: string) => CheckedRules<T>,
): CheckedRules<T> {
  if (!Array.isArray(entries)) return { ok: false, failure: [{ path, message: 'must be a list of rules' }] };
  if (entries.length > RULES_MAX)
    return { ok: false, failure: [{ path, message: `must hold at most ${RULES_MAX} rules` }] };
  const problems: RuleProblem[] = [];
  const value: T[] = [];
  const ids = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    const at = `${path}[${index}]`;
    const checked = check(entry, at);
    if (!checked.ok) {
      problems.push(...checked.failure);
      continue;
    }
    for (const rule of checked.value) {
      const id = idOf(rule);
      if (id !== undefined && ids.has(id))
        problems.push({ path: `${at}.id`, message: `must be unique, but ${id} is there twice` });
      if (id !== undefined) ids.add(id);
      value.push(rule);
    }
  }
  return problems.length > 0 ? { ok: false, failure: problems } : { ok: true, value };
}

function parse<T>(schema: z.ZodMiniType<T>, entry: unknown, path: string): CheckedRules<T> {
  const parsed = schema.safeParse(entry, { error: describe });
  if (parsed.success) return { ok: true, value: [parsed.data] };
  const failure = parsed.error.issues.map((issue) => ({ path: pathOf(path, issue.path), message: issue.message }));
  return { ok: false, failure };
}

function checkRule<T extends Rule>(schema: z.ZodMiniType<T>, entry: unknown, path: string): CheckedRules<T> {
  const parsed = parse(schema, entry, path);
  if (!parsed.ok) return parsed;
  const problems = parsed.value.flatMap((rule) => problemsOf(rule, path));
  return problems.length > 0 ? { ok: false, failure: problems } : parsed;
}

/** Words for what a schema does not put into words itself. */
function describe(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'unrecognized_keys') return `has the field ${issue.keys.join(', ')}, which no rule has`;
  if (issue.code === 'invalid_type')
    return issue.input === undefined ? 'is required' : `must be of type ${issue.expected}`;
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  if (issue.code === 'invalid_key') return 'must be a weekday or a span of weekdays such as mon-fri';
  return undefined;
}

const pathOf = (path: string, rest: readonly PropertyKey[]): string =>
  rest.reduce<string>((text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${String(key)}`), path);

function problemsOf(rule: Rule, path: string): RuleProblem[] {
  return [
    ...emptyRule(rule, path),
    ...hoursProblems(rule, path),
    ...windowsProblems(rule, path),
    ...datesProblems(rule, path),
  ];
}

function emptyRule(rule: Rule, path: string): RuleProblem[] {
  const parts = [rule.hours, rule.caps, rule.registry, rule.needs, rule.emergency];
  if (parts.some((part) => part !== undefined)) return [];
  return [{ path, message: 'must have hours, caps, registry, needs or emergency, else it rules nothing' }];
}

function hoursProblems(rule: Rule, path: string): RuleProblem[] {
  const problems: RuleProblem[] = [];
  if (rule.hours === undefined) {
    for (const part of ['breaks', 'holidays', 'fallback'] as const) {
      if (rule[part] !== undefined) problems.push({ path: `${path}.${part}`, message: 'needs hours that it changes' });
    }
    return problems;
  }
  const named = new Map<number, string>();
  for (const key of Object.keys(rule.hours)) {
    for (const weekday of weekdaysOf(key)) {
      const earlier = named.get(weekday);
      if (earlier !== undefined)
        problems.push({ path: `${path}.hours.${key}`, message: `must not name a weekday that ${earlier} names too` });
      named.set(weekday, key);
    }
  }
  if (Object.values(rule.hours).every((windows) => windows.length === 0)) {
    problems.push({
      path: `${path}.hours`,
      message: 'must have a window on some day; to forbid calls altogether, add a ban',
    });
  }
  return problems;
}

function windowsProblems(rule: Rule, path: string): RuleProblem[] {
  return [
    ...Object.entries(rule.hours ?? {}).flatMap(([key, windows]) => windowProblems(windows, `${path}.hours.${key}`)),
    ...windowProblems(rule.breaks ?? [], `${path}.breaks`),
    ...windowProblems(rule.holidays?.hours ?? [], `${path}.holidays.hours`),
  ];
}

function windowProblems(windows: readonly string[], path: string): RuleProblem[] {
  const problems: RuleProblem[] = [];
  const sorted = [...windows.entries()].sort(([, a], [, b]) => spanOf(a)[0] - spanOf(b)[0]);
  let previous: string | undefined;
  for (const [index, window] of sorted) {
    const [from, to] = spanOf(window);
    if (from >= to)
      problems.push({ path: `${path}[${index}]`, message: `must end after it starts, but ${window} is empty` });
    if (previous !== undefined && from < spanOf(previous)[1]) {
      problems.push({
        path: `${path}[${index}]`,
        message: `must not overlap another window, but ${window} overlaps ${previous}`,
      });
    }
    previous = window;
  }
  return problems;
}

function datesProblems({ effectiveFrom, effectiveTo }: Rule, path: string): RuleProblem[] {
  if (effectiveFrom === undefined || effectiveTo === undefined) return [];
  if ((dayOfDate(effectiveFrom) ?? 0) <= (dayOfDate(effectiveTo) ?? 0)) return [];
  return [{ path: `${path}.effectiveTo`, message: `must not be before effectiveFrom (${effectiveFrom})` }];
}
