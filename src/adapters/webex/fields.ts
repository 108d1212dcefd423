import * as z from 'zod/mini';

/** Text of 1 to `max` characters, as Webex counts them. */
export const text = (max: number) =>
  z.string('must be text').check(
    z.minLength(1, 'must not be empty'),
    z.maxLength(max, {
      error: ({ input }) =>
        `must be at most ${max} characters long, got ${typeof input === 'string' ? input.length : 'more'}`,
    }),
  );

/** Text of at most `max` bytes of UTF-8. */
export const bytes = (max: number) =>
  z.string('must be text').check(
    z.refine((value: string) => Buffer.byteLength(value) <= max, {
      error: (issue) => `must be at most ${max} bytes of UTF-8, got ${Buffer.byteLength(String(issue.input))}`,
    }),
  );

export const E164 = z
  .string('must be text')
  .check(z.regex(/^\+[1-9]\d{1,14}$/, 'must be an E.164 number such as +14155550132'));
export const Uuid = z
  .string('must be text')
  .check(z.regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'must be a UUID'));
/** Ids in answers are kept as they come: some are UUIDs, some are not. */
export const Id = z.string().check(z.minLength(1));
