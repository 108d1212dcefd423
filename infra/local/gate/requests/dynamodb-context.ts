import type { ContextValue } from '../types.ts';
import { isRecord, listMember, member, stringMember } from './context.ts';

const EXPRESSIONS = [
  'ConditionExpression',
  'FilterExpression',
  'KeyConditionExpression',
  'ProjectionExpression',
  'UpdateExpression',
] as const;

/** Words of the expression grammar that stand where an attribute name could. */
const KEYWORDS: ReadonlySet<string> = new Set(['ADD', 'AND', 'BETWEEN', 'DELETE', 'IN', 'NOT', 'OR', 'REMOVE', 'SET']);

const placeholders = (operation: unknown): Readonly<Record<string, unknown>> => {
  const names = member(operation, 'ExpressionAttributeNames');
  return isRecord(names) ? names : {};
};

const resolveName = (token: string, operation: unknown): string | undefined => {
  if (!token.startsWith('#')) {
    return token;
  }
  const name = placeholders(operation)[token];
  return typeof name === 'string' ? name : undefined;
};

/** Top-level attribute names in one expression: no values, keywords, functions, or names after a dot. */
const namesIn = (expression: string): readonly string[] =>
  [...expression.matchAll(/(?<![\w#:.-])(#?[A-Za-z_][\w-]*)(?!\s*\()(?![\w-])/g)]
    .map((match) => match[1] ?? '')
    .filter((token) => !KEYWORDS.has(token.toUpperCase()));

/** Every top-level attribute that an operation names, for `dynamodb:Attributes`. */
export const attributesOf = (operation: unknown): readonly string[] => {
  const keysOf = (name: string): readonly string[] => {
    const found = member(operation, name);
    return isRecord(found) ? Object.keys(found) : [];
  };
  const inExpressions = EXPRESSIONS.flatMap((name) => namesIn(stringMember(operation, name) ?? '')).flatMap((token) => {
    const resolved = resolveName(token, operation);
    return resolved === undefined ? [] : [resolved];
  });
  const listed = listMember(operation, 'AttributesToGet').filter((name) => typeof name === 'string');
  return [...new Set([...keysOf('Item'), ...keysOf('Key'), ...listed, ...inExpressions])];
};

const scalarOf = (value: unknown): string | undefined => {
  const scalar = isRecord(value) ? Object.values(value)[0] : undefined;
  return typeof scalar === 'string' ? scalar : undefined;
};

const keyConditionValue = (operation: unknown, partitionKey: string): string | undefined => {
  const expression = stringMember(operation, 'KeyConditionExpression') ?? '';
  for (const [, name = '', value = ''] of expression.matchAll(/(#?[\w-]+)\s*=\s*(:[\w-]+)/g)) {
    if (resolveName(name, operation) === partitionKey) {
      return scalarOf(member(member(operation, 'ExpressionAttributeValues'), value));
    }
  }
  return undefined;
};

/**
 * The partition key values that an operation touches, for `dynamodb:LeadingKeys`: undefined where the operation has
 * none (a Scan), `unknown` where the gate cannot tell (an index, whose own partition key it does not know).
 */
export const leadingKeysOf = (operation: unknown, partitionKey: string | undefined): ContextValue | undefined => {
  const item = member(operation, 'Item') ?? member(operation, 'Key');
  if (item === undefined && stringMember(operation, 'KeyConditionExpression') === undefined) {
    return undefined;
  }
  if (partitionKey === undefined || stringMember(operation, 'IndexName') !== undefined) {
    return 'unknown';
  }
  const value = item === undefined ? keyConditionValue(operation, partitionKey) : scalarOf(member(item, partitionKey));
  return value === undefined ? 'unknown' : [value];
};
