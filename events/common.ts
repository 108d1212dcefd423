import * as z from 'zod/mini';

/** A number as people type it; `phone` in the problem details speaks of it. */
export const TypedPhoneSchema = z
  .string('must be text such as "(415) 555-0132"')
  .check(z.minLength(1, 'must not be empty'), z.maxLength(40, 'must be at most 40 characters long'));
export const CountrySchema = z
  .string('must be a two-letter country code such as US')
  .check(z.regex(/^[A-Z]{2}$/, 'must be a two-letter country code such as US'));
export const E164Schema = z
  .string('must be an E.164 number such as +14155550132')
  .check(z.regex(/^\+[1-9]\d{6,14}$/, 'must be an E.164 number such as +14155550132'));
export const CallIdSchema = z
  .string('must be a call id')
  .check(
    z.regex(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/,
      'must be a call id such as 0199a3c1-5f0e-7cc3-9d5b-6f1e0a7b8c9d',
    ),
  );
export const LineNameSchema = z
  .string('must be the name of a line')
  .check(z.regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be the name of a line such as billing'));
/** ISO 8601 with an offset, as answers give instants. */
export const InstantSchema = z.iso.datetime({ offset: true, error: 'must be an instant such as 2026-11-23T18:00:00Z' });
/** Text within a length and without control characters, which have no place in a name and upset logs and screens. */
export const plainText = (lengthMax: number) =>
  z
    .string('must be text')
    .check(
      z.trim(),
      z.minLength(1, 'must not be empty; leave it out instead'),
      z.maxLength(lengthMax, `must be at most ${lengthMax} characters long`),
      z.regex(/^[^\p{Cc}]*$/u, 'must not contain control characters'),
    );
