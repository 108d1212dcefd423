import { StateError } from './state-error.ts';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The member that a path such as `$.cut.outcome` names. @throws StateError where there is none */
export function memberAt(path: string, value: unknown): unknown {
  return path
    .split('.')
    .slice(1)
    .reduce<unknown>((found, name) => {
      if (isObject(found) && name in found) return found[name];
      throw new StateError('States.ParameterPathFailure', `There is no ${path} in the state's input.`);
    }, value);
}

/** Fills in a payload template: a member whose name ends in `.$` is a path into the input, or `$$.Map.Item.Value`. */
export function fill(template: Json, input: unknown, item?: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) => {
      if (!name.endsWith('.$')) return [name, isObject(value) ? fill(value, input, item) : value];
      const found = value === '$$.Map.Item.Value' ? item : memberAt(String(value), input);
      return [name.slice(0, -2), found];
    }),
  );
}

/** Where a result goes: in place of the input, nowhere (`null`), or into a member of it. */
export function placeResult(path: string | null | undefined, input: unknown, result: unknown): unknown {
  if (path === null) return input;
  const names = (path ?? '$').split('.').slice(1);
  const place = (into: unknown, [name, ...rest]: readonly string[]): unknown =>
    name === undefined
      ? result
      : { ...(isObject(into) ? into : {}), [name]: place(isObject(into) ? into[name] : {}, rest) };
  return place(input, names);
}
