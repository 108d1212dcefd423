import * as z from 'zod/mini';
import { InstantSchema, plainText } from '../common.ts';

/** The id in the path of `/v1/bans/{id}`; shows as `emergency:<id>` in decisions. */
export const BanIdSchema = z
  .string('must be text')
  .check(
    z.regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be 1 to 40 lower-case letters, digits or hyphens, such as storm-ida'),
  );
const JurisdictionSchema = z
  .string('must be a jurisdiction such as US-LA')
  .check(z.regex(/^[A-Z]{2}(-[A-Z]{2})?$/, 'must be a jurisdiction such as US-LA, CA-ON or GB'));

/** Body of `PUT /v1/bans/{id}`: calls into a jurisdiction are banned. Whether we know the place is checked behind this. */
export const DeclareBanSchema = z.strictObject({
  jurisdiction: JurisdictionSchema,
  /** Now, where it is left out. */
  from: z.optional(InstantSchema),
  /** Until it is lifted, where it is left out. */
  to: z.optional(InstantSchema),
  reason: plainText(500),
});
export type DeclareBan = z.output<typeof DeclareBanSchema>;

/** Body of `DELETE /v1/bans/{id}`. */
export const LiftBanSchema = z.strictObject({ reason: plainText(500) });

/** Answer to `PUT` and `GET /v1/bans/{id}`. */
export const BanSchema = z.strictObject({
  id: BanIdSchema,
  jurisdiction: JurisdictionSchema,
  from: InstantSchema,
  to: z.optional(InstantSchema),
  reason: z.string(),
  declaredBy: z.string(),
  declaredAt: InstantSchema,
});
export type BanView = z.output<typeof BanSchema>;

/** Answer to `GET /v1/bans`: every ban that was not lifted, over or not. */
export const BansSchema = z.strictObject({ bans: z.array(BanSchema) });
