import * as z from 'zod/mini';
import { CountrySchema, LineNameSchema, TypedPhoneSchema, plainText } from '../common.ts';

const ClockTimeSchema = z
  .string('must be a time such as 10:00')
  .check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 10:00'));
/** The zone that a slot is in. */
export const TimeZoneSchema = z
  .string('must be an IANA time zone such as America/Los_Angeles')
  .check(
    z.maxLength(60, 'must be an IANA time zone such as America/Los_Angeles'),
    z.refine(isTimeZone, 'must be an IANA time zone such as America/Los_Angeles'),
  );

const SlotSchema = z
  .strictObject({
    date: z.iso.date('must be a date such as 2026-11-23'),
    from: ClockTimeSchema,
    to: ClockTimeSchema,
  })
  .check(z.refine((slot) => slot.from < slot.to, { path: ['to'], error: 'must be later than from' }));

/** When somebody wants to be called: as soon as it may be, or within a slot. */
export const WhenSchema = z.union(
  [z.literal('now'), SlotSchema],
  'must be "now" or a slot such as {"date":"2026-11-23","from":"10:00","to":"11:00"}',
);

interface Moment {
  readonly when: z.output<typeof WhenSchema>;
  readonly timeZone?: string | undefined;
}

/** A slot's zone cannot be guessed. */
export const zoneOfSlot = z.refine<Moment>(({ when, timeZone }) => when === 'now' || timeZone !== undefined, {
  path: ['timeZone'],
  error: 'is required with a slot: the slot is in this zone',
});

/** The agent whom somebody would like to speak to. */
export const AgentEmailSchema = z
  .email('must be the e-mail address of an agent')
  .check(z.maxLength(254, 'must be at most 254 characters long'));

/** Body of `POST /v1/callbacks`. */
export const RequestCallbackSchema = z
  .strictObject({
    phone: TypedPhoneSchema,
    /** Gives a number in national format its meaning. */
    country: z.optional(CountrySchema),
    line: LineNameSchema,
    name: z.optional(plainText(100)),
    email: z.optional(
      z
        .email('must be an e-mail address such as ada@example.com')
        .check(z.maxLength(254, 'must be at most 254 characters long')),
    ),
    when: z._default(WhenSchema, 'now'),
    timeZone: z.optional(TimeZoneSchema),
    preferredAgent: z.optional(AgentEmailSchema),
    reason: z.optional(plainText(500)),
    /** A field that people do not see; what stands in it came from a program. */
    website: z.optional(z.string('must be text').check(z.maxLength(200, 'must be at most 200 characters long'))),
    /** From showing the form to sending it, milliseconds. */
    filledMs: z.optional(z.number('must be a number of milliseconds')),
    /** A challenge of `GET /v1/challenge` with its solution: Base64 of a JSON object. */
    proof: z.optional(
      z
        .string('must be a solved challenge')
        .check(z.regex(/^[A-Za-z0-9+/]{1,2000}={0,2}$/, 'must be a solved challenge in Base64')),
    ),
    consent: z.strictObject(
      {
        version: plainText(40),
        /** Language in which the wording was shown; `en` where it is left out. */
        language: z.optional(
          z
            .string('must be a language such as en or fr-CA')
            .check(z.regex(/^[A-Za-z]{2,3}(-[A-Za-z\d]{2,8}){0,3}$/, 'must be a language such as en or fr-CA')),
        ),
        accepted: z.literal(true, 'must be true: without consent nobody is called'),
      },
      'must hold version and accepted',
    ),
  })
  .check(zoneOfSlot);

export type RequestCallback = z.output<typeof RequestCallbackSchema>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return !/^[+-]/.test(name);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
