import * as z from 'zod/mini';
import { InstantSchema } from '../common.ts';

const Count = z.int('must be a whole number').check(z.nonnegative());
const UploadId = z.uuid('must be the id of an upload');
const Value = z.union([z.string(), z.number(), z.boolean(), z.null()], 'must be text, a number, true, false or null');

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
  name: z.optional(z.string('must be text').check(z.minLength(1), z.maxLength(200))),
});

/** Answer to it. */
export const UploadStartedSchema = z.strictObject({
  id: UploadId,
  status: z.enum(['waiting-for-file', 'planning']),
  /** Where to `PUT` the file, within the time. */
  upload: z.optional(z.strictObject({ url: z.url(), expiresAt: InstantSchema })),
});

/** Answer to `GET /v1/campaigns/{id}/uploads/{upload}`. Counts are contacts. */
export const UploadProgressSchema = z.strictObject({
  id: UploadId,
  campaign: z.string(),
  status: z.enum(
    [
      ...(['waiting-for-file', 'planning', 'unconfirmed', 'ready', 'pushing'] as const),
      ...(['paused', 'finished', 'cancelled', 'expired', 'refused'] as const),
    ],
    'must be a status of an upload',
  ),
  /** Why it was refused or paused, where nobody asked for that. */
  because: z.optional(z.string()),
  rows: z.optional(Count),
  accepted: z.optional(Count),
  rejected: z.optional(z.record(z.string(), Count)),
  sent: z.optional(Count),
  uncertain: z.optional(Count),
  refused: z.optional(Count),
  /** Suppressed after the plan. */
  leftOut: z.optional(Count),
  percent: z.optional(z.int().check(z.gte(0), z.lte(100, 'must be at most 100'))),
  contactsPerMinute: z.optional(Count),
  secondsLeft: z.optional(Count),
  /** The list in Webex, with what Webex counts. */
  list: z.optional(z.strictObject({ id: z.string(), status: z.optional(z.string()), count: z.optional(Count) })),
  /** Where the reject report lies, within the time. */
  report: z.optional(z.strictObject({ url: z.url(), expiresAt: InstantSchema })),
});
