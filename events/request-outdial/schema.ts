import * as z from 'zod/mini';
import { CallIdSchema, CountrySchema, InstantSchema, LineNameSchema, TypedPhoneSchema, plainText } from '../common.ts';
import { AgentEmailSchema, TimeZoneSchema, WhenSchema, zoneOfSlot } from '../request-callback/schema.ts';

/** What proves a basis: it stays with the call. */
const EvidenceSchema = z.strictObject(
  {
    /** When the person gave it, or the relationship began. */
    at: InstantSchema,
    wordingVersion: z.optional(plainText(40)),
    wordingSha256: z.optional(
      z.string('must be text').check(z.regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hexadecimal digits')),
    ),
    /** IP address. */
    clientAddress: z.optional(plainText(45)),
    originPage: z.optional(plainText(2_000)),
    userAgent: z.optional(plainText(500)),
    language: z.optional(plainText(35)),
  },
  'must hold what proves the basis, at least at',
);

const BasisSchema = z.strictObject({
  type: z.enum(['request', 'relationship', 'consent'], 'must be request, relationship or consent'),
  start: InstantSchema,
  /** From then on it does not count. */
  expiry: z.optional(InstantSchema),
  /** A relationship founded on an inquiry only, not on a purchase. */
  inquiry: z.optional(z.boolean('must be true or false')),
  evidence: EvidenceSchema,
});

/**
 * Body of `POST /v1/calls`: a call that an operator or a trigger asks for. How long variables may be counts in bytes and
 * together with what the line sets, so the limits are told by the field when the call is taken.
 */
export const RequestOutdialSchema = z
  .strictObject({
    phone: TypedPhoneSchema,
    country: z.optional(CountrySchema),
    /** A line whose task is EXECUTE_FLOW. */
    line: LineNameSchema,
    name: z.optional(plainText(100)),
    /** Reaches the flow where the line hands it on. */
    preferredAgent: z.optional(AgentEmailSchema),
    when: z._default(WhenSchema, 'now'),
    timeZone: z.optional(TimeZoneSchema),
    purpose: z.enum(['marketing', 'service'], 'must be marketing or service'),
    /** False only where no recording and no automatic system speaks to the person before an agent does. */
    automated: z._default(z.boolean('must be true or false'), true),
    bases: z._default(z.array(BasisSchema, 'must be a list').check(z.maxLength(10, 'must hold at most 10 bases')), []),
    /** Flow variables. */
    variables: z._default(
      z.record(
        z.string().check(z.minLength(1, 'must have a name')),
        z.string('must be text'),
        'must be an object of names and texts',
      ),
      {},
    ),
  })
  .check(zoneOfSlot);
export type RequestOutdial = z.output<typeof RequestOutdialSchema>;

/** Answer 202 to `POST /v1/calls`. */
export const OutdialAcceptedSchema = z.strictObject({
  id: CallIdSchema,
  status: z.enum(['accepted', 'waiting', 'dialing', 'placed', 'connected', 'unanswered']),
  /** The call is not placed before this instant. */
  callAfter: InstantSchema,
});
export type OutdialAccepted = z.output<typeof OutdialAcceptedSchema>;
