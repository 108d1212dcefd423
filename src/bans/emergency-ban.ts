import * as z from 'zod/mini';

/** A stored `EmergencyBan` of the policy. */
export const EmergencyBanSchema = z.object({
  id: z.string(),
  jurisdiction: z.string(),
  fromMs: z.number(),
  toMs: z.optional(z.number()),
  reason: z.string(),
});
