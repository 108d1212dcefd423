import * as z from 'zod/mini';
import { E164Schema } from '../common.ts';

/**
 * One contact of a planned upload, as an array because there are millions: its row in the file, its number, its unique id
 * (empty where the file has none), its first lawful instant in milliseconds since 1970 (0: as soon as the list is active),
 * and then the values of the plan's fields, in their order.
 */
export const PlannedContactSchema = z.tuple(
  [
    z.int('must be the number of a row').check(z.positive()),
    E164Schema,
    z.string('must be the unique id, or empty').check(z.maxLength(100)),
    z.int('must be an instant in milliseconds').check(z.nonnegative()),
  ],
  z.string('must be the value of a field'),
);

/** One request to Webex, as a line of a block in the bucket: at most ten contacts. Chunks of an upload are counted through. */
export const CampaignChunkSchema = z.strictObject({
  chunk: z.int('must be the number of the chunk').check(z.nonnegative()),
  contacts: z
    .array(PlannedContactSchema)
    .check(z.minLength(1, 'must hold a contact'), z.maxLength(10, 'must hold at most 10 contacts')),
});
export type CampaignChunk = z.output<typeof CampaignChunkSchema>;
