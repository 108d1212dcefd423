import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { CampaignMappingSchema } from '../../../events/campaign-mapping/schema.ts';
import { CampaignPlanSchema } from '../../../events/campaign-plan/schema.ts';
import type { BlockRecord } from '../../campaigns/chunk-states.ts';
import type { Upload } from '../../campaigns/upload.ts';
import { type Item, item, ttl } from './call-item.ts';
import { readItem } from './read-item.ts';

export const uploadKeys = {
  upload: (uploadId: string) => ({ pk: `UPLOAD#${uploadId}`, sk: 'UPLOAD' }),
  block: (uploadId: string, block: number) => ({
    pk: `UPLOAD#${uploadId}`,
    sk: `BLOCK#${String(block).padStart(6, '0')}`,
  }),
  /** Which upload has taken a number for a campaign. */
  taken: (number: string, campaignId: string) => ({ pk: `NUMBER#${number}`, sk: `TAKEN#${campaignId}` }),
  /** A contact that is, or may be, in a list. */
  contact: (number: string, contactListId: string, contactId: string) => ({
    pk: `NUMBER#${number}`,
    sk: `LIST#${contactListId}#${contactId}`,
  }),
  mapping: (campaignId: string) => ({ pk: `CAMPAIGN#${campaignId}`, sk: 'MAPPING' }),
} as const;

const Ms = z.number();
const PaceSchema = z.object({ sent: z.number(), atMs: Ms });

const UploadSchema = z.object({
  id: z.string(),
  campaignId: z.string(),
  status: z.enum([
    'waiting-for-file',
    'planning',
    'refused',
    'unconfirmed',
    'ready',
    'pushing',
    'paused',
    'finished',
    'cancelled',
    'expired',
  ]),
  because: z.optional(z.string()),
  fields: z.array(z.string()),
  settings: z.object({
    channels: z.array(z.enum(['Voice', 'SMS', 'Email'])),
    activationLagMinutes: z.number(),
    numberForm: z.enum(['e164', 'digits']),
  }),
  blocks: z.array(z.int()),
  toMs: Ms,
  contactListId: z.optional(z.string()),
  lease: z.optional(z.object({ owner: z.string(), untilMs: Ms })),
  counted: z.optional(z.object({ count: z.number(), sinceMs: Ms })),
  isCountSpoilt: z.optional(z.literal(true)),
  version: z.int(),
  name: z.optional(z.string()),
  by: z.string(),
  createdAtMs: Ms,
  requestSha256: z.optional(z.string()),
  source: z.object({ key: z.string(), etag: z.optional(z.string()) }),
  mapping: z.optional(CampaignMappingSchema),
  activationLagMinutes: z.optional(z.number()),
  plan: z.optional(CampaignPlanSchema),
  planning: z.optional(
    z.object({
      rows: z.number(),
      accepted: z.number(),
      rejected: z.number(),
      bytes: z.number(),
      sizeBytes: z.number(),
      parts: z.optional(z.int()),
    }),
  ),
  partsPlanned: z.optional(z.set(z.string())),
  pace: z.optional(z.object({ earlier: PaceSchema, latest: PaceSchema })),
  listExpiredAtMs: z.optional(Ms),
});

const BlockSchema = z.object({
  block: z.int(),
  firstChunk: z.int(),
  states: z.string(),
  sizes: z.string(),
  notes: z.array(
    z.object({
      chunk: z.int(),
      leftOut: z.optional(z.array(z.int())),
      repeated: z.optional(z.array(z.int())),
      words: z.optional(z.string()),
    }),
  ),
  version: z.int(),
});

/** @param keptMs how long an upload is kept after its list has expired, or after it was asked for where there is none */
export const uploadItem = (upload: Upload, keptMs: number): Item =>
  item({ ...uploadKeys.upload(upload.id), ...upload, ...ttl(Math.max(upload.createdAtMs, upload.toMs) + keptMs) });

export const blockItem = (uploadId: string, record: BlockRecord, ttlAtMs: number): Item =>
  item({ ...uploadKeys.block(uploadId, record.block), ...record, ...ttl(ttlAtMs) });

/** @throws StoredItemError */
export const readUpload = (stored: Item): Upload => readItem(UploadSchema, unmarshall(stored), 'upload');
/** @throws StoredItemError */
export const readBlockRecord = (stored: Item): BlockRecord =>
  readItem(BlockSchema, unmarshall(stored), 'block of an upload');
