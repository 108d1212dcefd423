import * as z from 'zod/mini';

/** A function whose environment is not what its template wires: a deployment mistake, told at the first start. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  readonly code = 'environment-invalid';
}

/** Reads the variables that a function needs. Values are not told in the error. */
export function parseEnv<Schema extends z.core.$ZodType>(schema: Schema, env: NodeJS.ProcessEnv): z.output<Schema> {
  const parsed = z.safeParse(schema, env);
  if (parsed.success) return parsed.data;
  const names = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new EnvironmentError(`The function's environment lacks or has unusable: ${names}.`);
}

/** A variable that must be there and not empty. */
export const required = z.string().check(z.minLength(1));

/** Shifts the clock; only the local host sets it, so that the sample can be tried at any hour. Milliseconds. */
export const clockOffset = z._default(z.coerce.number(), 0);
