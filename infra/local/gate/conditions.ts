import { UnsupportedPolicyError } from './errors.ts';
import { arnMatcher, type Matcher, stringMatcher } from './patterns.ts';
import type { PolicyConditions, RequestContext } from './types.ts';

/** `unknown` when the outcome rests on a value that the gate cannot tell. */
export type ConditionOutcome = 'met' | 'not-met' | 'unknown';

export type ConditionCheck = (context: RequestContext) => ConditionOutcome;

/** The condition keys whose value the gate can tell for every request that carries them, in lower case. */
const KNOWN_KEYS: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:requestedregion',
  'aws:resourceaccount',
  'aws:securetransport',
  'dynamodb:attributes',
  'dynamodb:leadingkeys',
  'iam:passedtoservice',
  's3:prefix',
  'secretsmanager:versionstage',
]);

interface Operator {
  readonly negated: boolean;
  readonly matcher: (wanted: string) => Matcher;
}

const exact =
  (wanted: string): Matcher =>
  (value) =>
    value === wanted;
const exactIgnoringCase = (wanted: string): Matcher => {
  const lower = wanted.toLowerCase();
  return (value) => value.toLowerCase() === lower;
};
const like = (wanted: string): Matcher => stringMatcher(wanted);

const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ['StringEquals', { negated: false, matcher: exact }],
  ['StringNotEquals', { negated: true, matcher: exact }],
  ['StringEqualsIgnoreCase', { negated: false, matcher: exactIgnoringCase }],
  ['StringNotEqualsIgnoreCase', { negated: true, matcher: exactIgnoringCase }],
  ['StringLike', { negated: false, matcher: like }],
  ['StringNotLike', { negated: true, matcher: like }],
  ['ArnEquals', { negated: false, matcher: arnMatcher }],
  ['ArnNotEquals', { negated: true, matcher: arnMatcher }],
  ['ArnLike', { negated: false, matcher: arnMatcher }],
  ['ArnNotLike', { negated: true, matcher: arnMatcher }],
  ['Bool', { negated: false, matcher: exactIgnoringCase }],
]);

type Quantifier = 'one' | 'ForAllValues' | 'ForAnyValue';

const parseOperator = (
  text: string,
  where: string,
): { quantifier: Quantifier; ifExists: boolean; operator: Operator } => {
  const [, prefix, name = '', suffix] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(text) ?? [];
  const operator = OPERATORS.get(name);
  if (operator === undefined) {
    throw new UnsupportedPolicyError(
      `${where}: the condition operator "${text}" is not supported; use one of ${[...OPERATORS.keys()].join(', ')}, with ForAllValues: or ForAnyValue: where the key has many values.`,
    );
  }
  return {
    quantifier: prefix === undefined ? 'one' : (prefix as Quantifier),
    ifExists: suffix !== undefined,
    operator,
  };
};

const asList = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value);

const quantify = (quantifier: Quantifier, values: readonly string[], test: Matcher): boolean => {
  switch (quantifier) {
    case 'ForAllValues':
      return values.every(test);
    case 'ForAnyValue':
      return values.some(test);
    case 'one':
      return test(values[0] ?? '');
  }
};

const compileKey = (operatorText: string, key: string, wanted: readonly string[], where: string): ConditionCheck => {
  const { quantifier, ifExists, operator } = parseOperator(operatorText, where);
  const lowerKey = key.toLowerCase();
  if (!KNOWN_KEYS.has(lowerKey)) {
    throw new UnsupportedPolicyError(
      `${where}: the condition key "${key}" is not supported; use one of ${[...KNOWN_KEYS].join(', ')}.`,
    );
  }
  const matchers = wanted.map(operator.matcher);
  const test: Matcher = (value) => matchers.some((matches) => matches(value)) !== operator.negated;
  // IAM: an absent key fails a plain operator and ForAnyValue, and passes ForAllValues, IfExists and a negated plain operator.
  const whenAbsent: ConditionOutcome =
    ifExists || quantifier === 'ForAllValues' || (quantifier === 'one' && operator.negated) ? 'met' : 'not-met';
  return (context) => {
    const values = context[lowerKey];
    if (values === undefined) {
      return whenAbsent;
    }
    if (values === 'unknown' || (quantifier === 'one' && values.length !== 1)) {
      return 'unknown';
    }
    return quantify(quantifier, values, test) ? 'met' : 'not-met';
  };
};

/** The condition keys that a Condition block names, in lower case. */
export const conditionKeys = (conditions: PolicyConditions): readonly string[] =>
  Object.values(conditions).flatMap((keys) => Object.keys(keys).map((key) => key.toLowerCase()));

/**
 * Compiles a Condition block; all of its operators and keys must hold, and any one of the values of a key is enough.
 *
 * @throws UnsupportedPolicyError for an operator or a key that the gate does not know.
 */
export const compileConditions = (conditions: PolicyConditions, where: string): ConditionCheck => {
  const checks = Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) => compileKey(operator, key, asList(wanted), where)),
  );
  return (context) => {
    const outcomes = checks.map((check) => check(context));
    if (outcomes.includes('not-met')) {
      return 'not-met';
    }
    return outcomes.includes('unknown') ? 'unknown' : 'met';
  };
};
