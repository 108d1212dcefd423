import * as z from 'zod/mini';
import { CampaignMappingSchema } from '../campaign-mapping/schema.ts';
import { InstantSchema, plainText } from '../common.ts';

const Count = z.int('must be a whole number').check(z.nonnegative());
const UploadId = z.uuid('must be the id of an upload');
const Value = z.union([z.string(), z.number(), z.boolean(), z.null()], 'must be text, a number, true, false or null');

/** The id of a campaign in Webex, as it stands in paths and in the keys of objects. */
export const CampaignIdSchema = z
  .string('must be the id of a campaign')
  .check(z.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, 'must be the id of a campaign: letters, digits, _, . and -'));

/** Body of `POST /v1/campaigns/{id}/uploads`: the contacts themselves, or nothing for a link to put a file to. */
export const StartUploadSchema = z.strictObject({
  /** By column name, as in a file. */
  contacts: z.optional(
    z
      .array(z.record(z.string().check(z.minLength(1), z.maxLength(200)), Value), 'must be a list of contacts')
      .check(
        z.minLength(1, 'must hold a contact'),
        z.maxLength(1_000, 'must hold at most 1,000 contacts; upload a file for more'),
      ),
  ),
  /** What a person will know it by. */
  name: z.optional(plainText(200)),
  /** Instead of the campaign's own mapping. */
  mapping: z.optional(CampaignMappingSchema),
  /** Instead of the campaign's own. Webex: a list lives at most 31 days from its activation on. */
  activationLagMinutes: z.optional(
    z
      .int('must be a whole number of minutes')
      .check(z.gte(0, 'must be at least 0'), z.lte(43_200, 'must be at most 43,200, which is 30 days')),
  ),
});
export type StartUpload = z.output<typeof StartUploadSchema>;

/** Answer to it. */
export const UploadStartedSchema = z.strictObject({
  id: UploadId,
  status: z.enum(['waiting-for-file', 'planning']),
  /** Where to `PUT` the file, within the time. */
  upload: z.optional(z.strictObject({ url: z.url(), expiresAt: InstantSchema })),
});
export type UploadStarted = z.output<typeof UploadStartedSchema>;

export const uploadActions = ['confirm', 'pause', 'resume', 'cancel', 'send-uncertain', 'send-refused'] as const;

/**
 * Body of `PATCH /v1/campaigns/{id}/uploads/{upload}`. `confirm` takes the guessed columns; `send-uncertain` and
 * `send-refused` send again what may have arrived already, or what Webex refused.
 */
export const ChangeUploadSchema = z.strictObject({
  action: z.enum(uploadActions, `must be one of ${uploadActions.join(', ')}`),
});
export type ChangeUpload = z.output<typeof ChangeUploadSchema>;

/** Answer to `GET` and `PATCH /v1/campaigns/{id}/uploads/{upload}`. Counts are contacts. */
export const UploadProgressSchema = z.strictObject({
  id: UploadId,
  campaign: z.string(),
  name: z.optional(z.string()),
  status: z.enum(
    [
      ...(['waiting-for-file', 'planning', 'unconfirmed', 'ready', 'pushing'] as const),
      ...(['paused', 'finished', 'cancelled', 'expired', 'refused'] as const),
    ],
    'must be a status of an upload',
  ),
  /** Why it was refused or paused, where nobody asked for that. */
  because: z.optional(z.string()),
  /** The guessed columns, while somebody has to confirm them. */
  mapping: z.optional(CampaignMappingSchema),
  rows: z.optional(Count),
  accepted: z.optional(Count),
  rejected: z.optional(z.record(z.string(), Count)),
  sent: z.optional(Count),
  uncertain: z.optional(Count),
  refused: z.optional(Count),
  /** Suppressed after the plan, or sent by another upload meanwhile. */
  leftOut: z.optional(Count),
  /** Of the bytes of the file while it is planned, of the contacts from then on. */
  percent: z.optional(z.int().check(z.gte(0), z.lte(100, 'must be at most 100'))),
  contactsPerMinute: z.optional(Count),
  secondsLeft: z.optional(Count),
  /** The list in Webex, with what Webex counts. */
  list: z.optional(z.strictObject({ id: z.string(), status: z.optional(z.string()), count: z.optional(Count) })),
});
export type UploadProgress = z.output<typeof UploadProgressSchema>;

/** Answer to `GET /v1/campaigns/{id}/uploads/{upload}/report`: every row that was not certainly sent, as CSV. */
export const UploadReportSchema = z.strictObject({ url: z.url('must be a link'), expiresAt: InstantSchema });
