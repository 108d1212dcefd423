import * as z from 'zod/mini';

/** RFC 9457 problem details with a stable `code` and JSON pointers (RFC 6901) into the request body. */
export const ProblemSchema = z.strictObject({
  type: z.string().check(z.regex(/^https?:\/\/|^about:blank$|^urn:ringback:problem:[a-z-]+$/)),
  title: z.string().check(z.minLength(1)),
  status: z.int().check(z.gte(400), z.lte(599)),
  code: z.string().check(z.regex(/^[a-z][a-z-]+$/)),
  detail: z.optional(z.string()),
  errors: z.optional(
    z.array(
      z.strictObject({ pointer: z.string().check(z.regex(/^(#|\/|$)/)), detail: z.string().check(z.minLength(1)) }),
    ),
  ),
});
export type Problem = z.output<typeof ProblemSchema>;
