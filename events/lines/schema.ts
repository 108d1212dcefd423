import * as z from 'zod/mini';
import { CountrySchema, LineNameSchema } from '../common.ts';

/** What a form in a browser needs to check a number as it is typed; the server decides. */
export const DialableCountrySchema = z.strictObject({
  code: CountrySchema,
  callingCode: z.string().check(z.regex(/^[1-9]\d{0,2}$/)),
  /** Dialed in front of a national number, such as 0; left out where the country has none. */
  nationalPrefix: z.optional(z.string().check(z.regex(/^\d{1,5}$/))),
  /** Numbers of digits that national numbers have there, without the national prefix. */
  lengths: z.array(z.int().check(z.gte(2), z.lte(17))).check(z.minLength(1)),
});

/** Answer to `GET /v1/lines`: everything that a form shows. */
export const LinesSchema = z.strictObject({
  organization: z.string().check(z.minLength(1)),
  lines: z
    .array(
      z.strictObject({
        name: LineNameSchema,
        topic: z.string().check(z.minLength(1)),
        countries: z.array(CountrySchema).check(z.minLength(1)),
        /** Whether `GET /v1/lines/{line}/slots` has times to choose from. */
        slots: z.boolean(),
        /** Whether `GET /v1/lines/{line}/wait` can tell how long people wait. */
        wait: z.boolean(),
      }),
    )
    .check(z.minLength(1)),
  countries: z.array(DialableCountrySchema).check(z.minLength(1)),
  consent: z.strictObject({
    version: z.string().check(z.minLength(1), z.maxLength(40)),
    /** The exact wording by language; a language that is not there sees the English one. */
    wording: z.catchall(z.object({ en: z.string() }), z.string()),
  }),
});

export type DialableCountry = z.output<typeof DialableCountrySchema>;
export type Lines = z.output<typeof LinesSchema>;
