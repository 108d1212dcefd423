import * as z from 'zod/mini';

/** A variable that holds a JSON object of texts by name, such as ARNs. */
export const arnsByName = z.pipe(
  z.string().check(z.minLength(2)),
  z.pipe(
    z.transform((text: string, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.issues.push({ code: 'custom', message: 'must be JSON', input: text });
        return z.NEVER;
      }
    }),
    z.record(z.string(), z.string().check(z.minLength(1))),
  ),
);
