/** A rule's pattern holds something that the local bus cannot evaluate. */
export class UnsupportedPatternError extends Error {
  override readonly name = 'UnsupportedPatternError';
  readonly code = 'unsupported-pattern';
}

/** Whether a value in the event, or its absence (undefined), satisfies one entry of a pattern's list. */
type Test = (value: unknown) => boolean;

/** Whether an event satisfies a whole pattern. */
export type EventMatcher = (event: unknown) => boolean;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isScalar = (value: unknown): value is string | number | boolean | null =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

const COMPARE: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '=': (value, limit) => value === limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

const numericTest = (operand: unknown, path: string): Test => {
  const parts: readonly unknown[] = Array.isArray(operand) ? operand : [];
  if (parts.length !== 2 && parts.length !== 4) {
    throw new UnsupportedPatternError(
      `${path}: numeric takes one or two comparisons, as in ["numeric", [">", 0, "<=", 5]].`,
    );
  }
  const checks = Array.from({ length: parts.length / 2 }, (_, index) => {
    const operator = parts[index * 2];
    const limit = parts[index * 2 + 1];
    const compare = typeof operator === 'string' ? COMPARE[operator] : undefined;
    if (compare === undefined || typeof limit !== 'number') {
      throw new UnsupportedPatternError(
        `${path}: ${JSON.stringify(operator)} ${JSON.stringify(limit)} is not a comparison.`,
      );
    }
    return (value: number): boolean => compare(value, limit);
  });
  return (value) => typeof value === 'number' && checks.every((check) => check(value));
};

const textOf = (operand: unknown, operator: string, path: string): string => {
  if (typeof operand !== 'string' || operand === '') {
    throw new UnsupportedPatternError(`${path}: ${operator} takes a string that is not empty.`);
  }
  return operand;
};

const anythingButTest = (operand: unknown, path: string): Test => {
  if (isRecord(operand)) {
    const prefix = textOf(operand['prefix'], 'anything-but prefix', path);
    if (Object.keys(operand).length !== 1) {
      throw new UnsupportedPatternError(`${path}: anything-but takes values or one prefix.`);
    }
    return (value) => value !== undefined && !(typeof value === 'string' && value.startsWith(prefix));
  }
  const excluded: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (excluded.length === 0 || !excluded.every((value) => typeof value === 'string' || typeof value === 'number')) {
    throw new UnsupportedPatternError(`${path}: anything-but takes strings or numbers, or one prefix.`);
  }
  const values = new Set<unknown>(excluded);
  return (value) => value !== undefined && !values.has(value);
};

const existsTest = (operand: unknown, path: string): Test => {
  if (typeof operand !== 'boolean') {
    throw new UnsupportedPatternError(`${path}: exists takes true or false.`);
  }
  return (value) => (value !== undefined) === operand;
};

const operatorTest = (entry: Readonly<Record<string, unknown>>, path: string): Test => {
  const [[operator, operand] = ['', undefined], ...rest] = Object.entries(entry);
  if (rest.length > 0) {
    throw new UnsupportedPatternError(`${path}: an entry holds one operator, not ${Object.keys(entry).join(' and ')}.`);
  }
  switch (operator) {
    case 'prefix': {
      const prefix = textOf(operand, operator, path);
      return (value) => typeof value === 'string' && value.startsWith(prefix);
    }
    case 'anything-but':
      return anythingButTest(operand, path);
    case 'exists':
      return existsTest(operand, path);
    case 'numeric':
      return numericTest(operand, path);
    default:
      throw new UnsupportedPatternError(
        `${path}: the operator "${operator}" is not supported by the local host; use exact values, prefix, anything-but, exists or numeric.`,
      );
  }
};

const entryTest = (entry: unknown, path: string): Test => {
  if (isScalar(entry)) {
    return (value) => value === entry;
  }
  if (isRecord(entry)) {
    return operatorTest(entry, path);
  }
  throw new UnsupportedPatternError(`${path}: ${JSON.stringify(entry)} is neither a value nor an operator.`);
};

/** An array in the event satisfies a list when any of its members does; an empty one has nothing that exists. */
const candidates = (value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) {
    return [isRecord(value) ? undefined : value];
  }
  return value.length === 0 ? [undefined] : value;
};

/**
 * Compiles the pattern of a rule: every member must be satisfied, by any one entry of its list.
 *
 * @throws UnsupportedPatternError naming the member.
 */
export const compilePattern = (pattern: unknown, path = 'pattern'): EventMatcher => {
  if (!isRecord(pattern) || Object.keys(pattern).length === 0) {
    throw new UnsupportedPatternError(`${path}: must be an object with at least one member.`);
  }
  const members = Object.entries(pattern).map(([name, wanted]): EventMatcher => {
    const memberPath = `${path}.${name}`;
    const read = (event: unknown): unknown => (isRecord(event) ? event[name] : undefined);
    if (!Array.isArray(wanted)) {
      const matches = compilePattern(wanted, memberPath);
      return (event) => matches(read(event));
    }
    if (wanted.length === 0) {
      throw new UnsupportedPatternError(`${memberPath}: the list is empty.`);
    }
    const tests = wanted.map((entry: unknown) => entryTest(entry, memberPath));
    return (event) => candidates(read(event)).some((value) => tests.some((test) => test(value)));
  });
  return (event) => members.every((matches) => matches(event));
};
