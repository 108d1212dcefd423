import * as z from 'zod';
import { batchSecondsMax } from '../triggers/batches/limits.ts';
import { attributeLimits } from '../calls/attribute-limits.ts';

const Country = z.string().regex(/^[A-Z]{2}$/, 'must be a two-letter ISO 3166 country code such as US');
/** Where something stands in the sender's JSON (RFC 6901). */
const Pointer = z
  .string()
  .max(300, 'must be at most 300 characters long')
  .regex(/^(\/([^~/]|~[01])*)+$/, 'must be a JSON pointer such as /properties/phone');
const Header = z
  .string()
  .regex(/^[a-zA-Z0-9-]{1,80}$/, 'must be the name of a header such as X-Signature')
  .transform((name) => name.toLowerCase());

/** What is signed where a time stands in a header: a time that is not signed proves nothing. */
const SignedContent = z
  .string()
  .max(200, 'must be at most 200 characters long')
  .refine(
    (template) => template.split('{timestamp}').length === 2 && template.split('{body}').length === 2,
    'must hold {timestamp} and {body} once each, such as {timestamp}.{body}',
  );

const SignatureSchema = z.discriminatedUnion(
  'form',
  [
    z.strictObject({ form: z.literal('standard-webhooks') }),
    z.strictObject({
      form: z.literal('hmac-sha256'),
      /** Header that carries the signature. */
      header: Header,
      encoding: z.enum(['hex', 'base64'], 'must be hex or base64'),
      /** Stands before the signature, such as `sha256=`. */
      prefix: z.string().min(1).max(40).optional(),
      /** When the sender signed; without it a delivery never grows stale, and is known again for as long as calls are kept. */
      timestamp: z
        .strictObject({
          /** Seconds or milliseconds since 1970. */
          header: Header,
          /** How body and time are put together before they are signed. */
          signed: SignedContent.default('{timestamp}.{body}'),
        })
        .optional(),
    }),
    z.strictObject({
      form: z.literal('hubspot-v3'),
      /** The very URL that HubSpot is told to call: it is part of what is signed. */
      url: z.url({ protocol: /^https?$/, error: 'must be the https URL that HubSpot calls' }),
    }),
  ],
  { error: 'must have the form standard-webhooks, hmac-sha256 or hubspot-v3' },
);

/** Why the person may be called, where the sender knows of it. All pointers lead to where it stands in the sender's JSON. */
const TriggerBasisSchema = z.strictObject({
  type: z.enum(['request', 'relationship', 'consent'], 'must be request, relationship or consent'),
  /** When the person gave it or the relationship began: an instant, or seconds or milliseconds since 1970. */
  start: Pointer,
  expiry: Pointer.optional(),
  /** A relationship founded on an inquiry only, not on a purchase. */
  inquiry: z.boolean().optional(),
  /** Name of the wording in `consent.wordings` that the person saw, where it is one of ours. */
  wording: z.string().min(1).max(40).optional(),
  wordingVersion: Pointer.optional(),
  clientAddress: Pointer.optional(),
  originPage: Pointer.optional(),
  language: Pointer.optional(),
});

/** Flow variables: Webex takes 30 attributes, and Ringback and the line set others. */
const variablesMax = 20;

const MappingSchema = z.strictObject({
  phone: Pointer,
  country: Pointer.optional(),
  name: Pointer.optional(),
  email: Pointer.optional(),
  reason: Pointer.optional(),
  timeZone: Pointer.optional(),
  preferredAgent: Pointer.optional(),
  /** What makes a delivery the same one when it comes again, where the signature's form has no signed id. */
  id: Pointer.optional(),
  variables: z
    .record(
      z
        .string()
        .min(1)
        .refine(
          (name) => Buffer.byteLength(name) <= attributeLimits.keyBytes,
          `must be at most ${attributeLimits.keyBytes} bytes long`,
        ),
      Pointer,
    )
    .refine((variables) => Object.keys(variables).length <= variablesMax, `must hold at most ${variablesMax} variables`)
    .default({}),
});

const SourceSchema = z.strictObject({
  signature: SignatureSchema,
  /** How far the signed time may be from ours, either way. */
  toleranceSeconds: z.int().min(10).max(3_600, 'must be at most 3600').default(300),
  /** `callback`: the person asked to be called; `outdial`: the sender did; `contact`: a row of a campaign. */
  does: z.enum(['outdial', 'callback', 'contact'], 'must be outdial, callback or contact'),
  /** For outdials and callbacks. */
  line: z.string().min(1).optional(),
  /** For contacts: the campaign's name in the settings. */
  campaign: z.string().min(1).optional(),
  /** For contacts: how long they are gathered before they become one upload; 300 where it is left out. */
  collectSeconds: z.int().min(10).max(batchSecondsMax, `must be at most ${batchSecondsMax}`).optional(),
  /** For outdials. */
  purpose: z.enum(['marketing', 'service'], 'must be marketing or service').optional(),
  /** Whether a recording or an automatic system speaks to the person first, as a flow does; for outdials. */
  automated: z.boolean().default(true),
  /** Gives a number in national format its meaning, where the sender does not. */
  country: Country.optional(),
  basis: TriggerBasisSchema.optional(),
  mapping: MappingSchema,
});

export const TriggersSchema = z.strictObject({
  sources: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be 1 to 40 lower-case letters, digits or hyphens'),
      SourceSchema,
    )
    .refine((sources) => Object.keys(sources).length <= 20, 'must name at most 20 sources')
    .default({}),
});

export type TriggerSource = z.output<typeof SourceSchema>;
export type TriggerSignature = TriggerSource['signature'];
export type TriggerMapping = TriggerSource['mapping'];
