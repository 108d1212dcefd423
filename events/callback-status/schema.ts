import * as z from 'zod/mini';
import { CallIdSchema, InstantSchema, LineNameSchema } from '../common.ts';

/** Answer to `GET /v1/callbacks/{id}`: what the person who asked may know. It never says why a number is not callable. */
export const CallbackStatusSchema = z.strictObject({
  id: CallIdSchema,
  status: z.enum([
    'accepted',
    'waiting',
    'dialing',
    'placed',
    'connected',
    'unanswered',
    'completed',
    'ended',
    'cancelled',
    'expired',
  ]),
  line: LineNameSchema,
  requestedAt: InstantSchema,
  callAfter: z.optional(InstantSchema),
  /** Who waits for the wished time: Webex, by a scheduled callback, or Ringback. */
  heldBy: z.optional(z.enum(['ringback', 'webex'])),
  /** What was asked for and Webex has not confirmed yet; until then the call may still come at its earlier time. */
  pending: z.optional(z.enum(['cancel', 'move'])),
});
export type CallbackStatus = z.output<typeof CallbackStatusSchema>;
