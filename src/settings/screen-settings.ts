import * as z from 'zod';
import { isAddressRange } from '../screen/client-address.ts';
import { type VelocityLimits, plainLimits, scriptLimits } from '../screen/velocity.ts';

const HeaderName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,59}$/, 'must be the name of a header in lower case, such as cloudfront-viewer-address');

const LimitSchema = z.strictObject({
  count: z.int().min(1, 'must be at least 1').max(1_000_000, 'must be at most 1000000'),
  /** Counters are kept for two days, so that a day's window still knows the day before. */
  windowSeconds: z.int().min(60, 'must be at least 60').max(86_400, 'must be at most 86400, which is a day'),
});

const LimitList = z
  .array(LimitSchema)
  .min(1, 'must hold at least one limit')
  .max(4, 'must hold at most 4 limits')
  .refine(
    (limits) => new Set(limits.map(({ windowSeconds }) => windowSeconds)).size === limits.length,
    'must not hold two limits of the same windowSeconds',
  );

const copy = (limits: VelocityLimits['perNumber']): { count: number; windowSeconds: number }[] =>
  limits.map((limit) => ({ ...limit }));
const cap = z.int().min(1, 'must be at least 1').max(10_000_000, 'must be at most 10000000');

const limitsSchema = (defaults: VelocityLimits) =>
  z
    .strictObject({
      perNumber: LimitList.default(copy(defaults.perNumber)),
      perAddress: LimitList.default(copy(defaults.perAddress)),
      perPrefix: LimitList.default(copy(defaults.perPrefix)),
      perLineAndDay: cap.default(defaults.perLineAndDay),
      perDay: cap.default(defaults.perDay),
    })
    .prefault({});

/** The abuse screen in front of the public form. */
export const ScreenSettingsSchema = z.strictObject({
  proofOfWork: z
    .strictObject({
      /** Whether a form with JavaScript must bring a solved challenge. */
      required: z.boolean().default(true),
      /** Rounds of PBKDF2 for one try. */
      cost: z.int().min(1_000, 'must be at least 1000').max(1_000_000, 'must be at most 1000000').default(5_000),
      /** Tries that a solution takes in the mean; the work is cost times tries. */
      tries: z.int().min(10, 'must be at least 10').max(10_000, 'must be at most 10000').default(300),
    })
    .prefault({}),
  /** Shortest time in which a person fills the form in. */
  fillSecondsMin: z.number().min(0).max(60, 'must be at most 60: nobody waits longer').default(1),
  limits: z.strictObject({ script: limitsSchema(scriptLimits), plain: limitsSchema(plainLimits) }).prefault({}),
  /** Offices and load tests: exempt from proof of work and from all limits but those of a number. */
  exemptAddresses: z
    .array(z.string().refine(isAddressRange, 'must be an address or a range such as 192.0.2.0/24 or 2001:db8::/32'))
    .max(200, 'must hold at most 200 addresses')
    .default([]),
  /** Whether there is a form without JavaScript. */
  plainForm: z.boolean().default(true),
  /** Where a CDN stands in front: the header that tells the client's address, believed only beside the CDN's own secret. */
  clientAddress: z
    .strictObject({
      header: HeaderName.refine(
        (name) => name !== 'x-forwarded-for' && name !== 'forwarded',
        'must not be x-forwarded-for or forwarded, which clients write into; take cloudfront-viewer-address',
      ),
      provenBy: z.strictObject({
        header: HeaderName,
        /** Of the secret that the CDN sends in the header; the secret itself stays out of the settings. */
        sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in 64 lower-case hexadecimal digits'),
      }),
    })
    .optional(),
});
