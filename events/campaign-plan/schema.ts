import * as z from 'zod/mini';
import { CampaignMappingSchema } from '../campaign-mapping/schema.ts';

const Count = z.int('must be a whole number').check(z.nonnegative());

/** What a plan of an upload came to, in the record of the upload. */
export const CampaignPlanSchema = z.strictObject({
  uploadId: z.uuid('must be the id of the upload'),
  campaignId: z.string('must be the id of the campaign').check(z.minLength(1), z.maxLength(100)),
  rows: Count,
  accepted: Count,
  /** By reason code of the reject report. */
  rejected: z.record(z.string(), Count),
  chunks: Count,
  /** How many chunks each block holds. */
  blocks: z.array(z.int().check(z.positive())).check(z.maxLength(100_000)),
  /** Names of the fields, in the order of a contact's values. */
  fields: z.array(z.string()).check(z.minLength(1, 'must name a field'), z.maxLength(200)),
  /** Name of the file's column of numbers, for reports. */
  numberColumn: z.string(),
  /** Whether the columns were guessed, so that somebody must confirm them first. */
  guessed: z.boolean(),
  /** Which column went where. */
  mapping: CampaignMappingSchema,
  /** The life of the list for which the lawful times were looked up, in milliseconds since 1970. */
  fromMs: Count,
  toMs: Count,
});
export type CampaignPlan = z.output<typeof CampaignPlanSchema>;
