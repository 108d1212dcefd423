import * as z from 'zod/mini';
import { ownEvent } from '../cloud-event.ts';

export const uploadEventTypes = [
  'upload.started.v1',
  'upload.planned.v1',
  'upload.paused.v1',
  'upload.finished.v1',
  'upload.cancelled.v1',
  'upload.expired.v1',
  'upload.refused.v1',
] as const;
export type UploadEventName = (typeof uploadEventTypes)[number];

const Count = z.int('must be a whole number').check(z.nonnegative('must be at least 0'));

/**
 * Event on the bus after each step of an upload: a CloudEvent (specification 1.0) as the `detail` of an EventBridge event with
 * source `ringback` and its type as the detail type. It may come twice, with the same id. It names no contact. Counts are contacts.
 */
export const UploadEventSchema = ownEvent(
  z.enum(uploadEventTypes, 'must be the type of an event about an upload'),
  z.strictObject({
    id: z.uuid('must be the id of an upload'),
    campaign: z.string('must be text').check(z.minLength(1, 'must not be empty'), z.maxLength(100)),
    /** What a person knows it by. */
    name: z.optional(z.string('must be text').check(z.minLength(1), z.maxLength(200))),
    /** Why it was refused or paused, where nobody asked for that. */
    because: z.optional(z.string('must be text').check(z.minLength(1), z.maxLength(1_000))),
    rows: z.optional(Count),
    accepted: z.optional(Count),
    /** By reason code of the reject report. */
    rejected: z.optional(z.record(z.string(), Count)),
    sent: z.optional(Count),
    uncertain: z.optional(Count),
    refused: z.optional(Count),
    /** Suppressed after the plan, or sent by another upload meanwhile. */
    leftOut: z.optional(Count),
  }),
);
export type UploadEvent = z.output<typeof UploadEventSchema>;
