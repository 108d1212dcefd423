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
});
export type CallbackStatus = z.output<typeof CallbackStatusSchema>;
