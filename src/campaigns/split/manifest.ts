import * as z from 'zod/mini';
import { CampaignMappingSchema } from '../../../events/campaign-mapping/schema.ts';
import { EmergencyBanSchema } from '../../bans/emergency-ban.ts';
import { CampaignSchema } from '../upload-settings.ts';
import type { SplitObjects } from './ports.ts';
import { countsKey, manifestKey } from './keys.ts';

const Count = z.int().check(z.nonnegative());

/** Everything that all steps of one plan must agree on, fixed by the first of them. */
export const SplitManifestSchema = z.strictObject({
  schema: z.literal('ringback.split-plan.v1'),
  uploadId: z.string(),
  file: z.strictObject({ key: z.string(), etag: z.string(), sizeBytes: Count }),
  /** The instant for which everything is weighed. */
  nowMs: Count,
  /** Of the policy table; another one would weigh the ranges of one file differently. */
  tableVersion: z.string(),
  bans: z.array(EmergencyBanSchema),
  campaign: z.extend(CampaignSchema, { countries: z.array(z.string()) }),
  guessed: z.boolean(),
  mapping: CampaignMappingSchema,
  form: z.discriminatedUnion('form', [
    z.strictObject({ form: z.literal('csv'), delimiter: z.string() }),
    z.strictObject({ form: z.literal('json-lines') }),
  ]),
  header: z.array(z.string()),
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']),
  hasOldLineEnds: z.boolean(),
  /** Of the file, blank ones left out. */
  rows: Count,
  ranges: z.int().check(z.positive()),
  shards: z.int().check(z.positive()),
});
export type SplitManifest = z.output<typeof SplitManifestSchema>;

const RangeCountsSchema = z.strictObject({
  rows: Count,
  accepted: Count,
  rejected: z.record(z.string(), Count),
  /** When the first copy of a registry that a contact needed is too old; absent where none was needed. */
  copiesEndMs: z.optional(Count),
});
/** What the plan of one range came to. */
export type RangeCounts = z.output<typeof RangeCountsSchema>;

export const encodeJson = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const decodeJson = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString());

export const readManifest = async (objects: Pick<SplitObjects, 'read'>, uploadId: string): Promise<SplitManifest> =>
  z.parse(SplitManifestSchema, decodeJson(await objects.read(manifestKey(uploadId))));

export const readCounts = async (
  objects: Pick<SplitObjects, 'read'>,
  uploadId: string,
  range: number,
): Promise<RangeCounts> => z.parse(RangeCountsSchema, decodeJson(await objects.read(countsKey(uploadId, range))));
