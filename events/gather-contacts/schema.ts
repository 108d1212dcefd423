import * as z from 'zod/mini';
import { CampaignIdSchema } from '../campaign-upload/schema.ts';

/**
 * Message that has the contacts uploaded that a trigger source asked for within a stretch of time. It comes after the stretch;
 * repeats do no harm.
 */
export const GatherContactsSchema = z.strictObject({
  campaign: CampaignIdSchema,
  /** The source's name in the settings. */
  source: z.string('must be text').check(z.regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be the name of a trigger source')),
  /** When the stretch began, in milliseconds since 1970. */
  startMs: z.int('must be a whole number').check(z.nonnegative('must be at least 0')),
  /** How long it was. */
  seconds: z.int('must be a whole number').check(z.positive('must be positive')),
});
export type GatherContacts = z.output<typeof GatherContactsSchema>;
