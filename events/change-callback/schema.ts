import * as z from 'zod/mini';
import { TimeZoneSchema, WhenSchema } from '../request-callback/schema.ts';

/**
 * Body of `PATCH /v1/callbacks/{id}`: another time for a callback that has not been placed yet. A slot without a zone is in
 * the one that the request told. `DELETE` cancels and has no body; both take the manage token as `?token=`.
 */
export const ChangeCallbackSchema = z.strictObject({
  when: WhenSchema,
  timeZone: z.optional(TimeZoneSchema),
});
export type ChangeCallback = z.output<typeof ChangeCallbackSchema>;
