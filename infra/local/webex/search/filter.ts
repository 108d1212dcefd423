/** A task record as Search sees it: scalars, and objects of scalars. */
export type SearchRecord = Readonly<Record<string, unknown>>;

/** A filter that the schema has checked already: nested objects that end in operators. */
export type Filter = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Longer patterns are refused by matching nothing; the regular expression comes from outside. */
const PATTERN_CHARACTERS_MAX = 100;

const OPERATORS: Readonly<Record<string, (actual: unknown, wanted: unknown) => boolean>> = {
  equals: (actual, wanted) => (isObject(wanted) ? membersEqual(actual, wanted) : actual === wanted),
  notequals: (actual, wanted) => actual !== wanted,
  contains: (actual, wanted) => typeof actual === 'string' && actual.includes(String(wanted)),
  match: (actual, wanted) => typeof actual === 'string' && matchesPattern(actual, String(wanted)),
  gt: (actual, wanted) => typeof actual === 'number' && actual > Number(wanted),
  gte: (actual, wanted) => typeof actual === 'number' && actual >= Number(wanted),
  lt: (actual, wanted) => typeof actual === 'number' && actual < Number(wanted),
  lte: (actual, wanted) => typeof actual === 'number' && actual <= Number(wanted),
};

/** Whether the record passes every member of the filter. */
export function passes(filter: Filter, record: SearchRecord): boolean {
  return Object.entries(filter).every(([name, condition]) => {
    if (name === 'and') return asList(condition).every((part) => passes(part, record));
    if (name === 'or') return asList(condition).some((part) => passes(part, record));
    if (!isObject(condition)) return true;
    if (name === 'stringGlobalVariables') return passesVariables(condition, record);
    return passesCondition(condition, record[name]);
  });
}

function passesCondition(condition: Filter, actual: unknown): boolean {
  return Object.entries(condition).every(([name, wanted]) => {
    const operator = OPERATORS[name];
    if (operator) return operator(actual, wanted);
    return isObject(wanted) && passesCondition(wanted, isObject(actual) ? actual[name] : undefined);
  });
}

function passesVariables(condition: Filter, record: SearchRecord): boolean {
  const variables = isObject(record['globalVariables']) ? Object.entries(record['globalVariables']) : [];
  return variables.some(([name, value]) => passesCondition(condition, { name, value }));
}

const membersEqual = (actual: unknown, wanted: Filter): boolean =>
  isObject(actual) && Object.entries(wanted).every(([member, value]) => actual[member] === value);

const asList = (value: unknown): Filter[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** Cisco's sample pattern `+12345678.+` begins with a plus that is meant literally. */
function matchesPattern(actual: string, pattern: string): boolean {
  if (pattern.length > PATTERN_CHARACTERS_MAX) return false;
  try {
    return new RegExp(`^(?:${pattern.replace(/^\+/, '\\+')})$`).test(actual);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** The conditions that every match must meet and the store has an index for. */
export interface Narrowing {
  readonly id?: string;
  readonly variable?: { readonly name: string; readonly value: string };
}

export function narrow(filter: Filter): Narrowing {
  const id = isObject(filter['id']) ? filter['id']['equals'] : undefined;
  if (typeof id === 'string') return { id };
  const variable = filter['stringGlobalVariables'];
  if (isObject(variable) && isObject(variable['name']) && isObject(variable['value'])) {
    const [name, value] = [variable['name']['equals'], variable['value']['equals']];
    if (typeof name === 'string' && typeof value === 'string') return { variable: { name, value } };
  }
  for (const part of asList(filter['and'])) {
    const narrowed = narrow(part);
    if (narrowed.id !== undefined || narrowed.variable !== undefined) return narrowed;
  }
  return {};
}
