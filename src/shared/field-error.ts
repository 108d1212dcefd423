import type * as z from 'zod/mini';

/** What is wrong with one field of a request: one sentence. */
export interface FieldError {
  /** JSON pointer into the request body (RFC 6901). */
  readonly pointer: string;
  readonly detail: string;
}

/** What a schema found wrong, one sentence a field. */
export const fieldErrorsOf = (issues: readonly z.core.$ZodIssue[]): FieldError[] => issues.flatMap(errorsOf);

function errorsOf(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((unknown) => {
      const path = [...issue.path, unknown];
      return { pointer: pointerOf(path), detail: `${nameOf(path)} is not a field of this request; leave it out.` };
    });
  }
  return [{ pointer: pointerOf(issue.path), detail: `${nameOf(issue.path)} ${issue.message}.` }];
}

const nameOf = (path: readonly PropertyKey[]): string => path.map(String).join('.') || 'the body';

/** RFC 6901 */
export const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
