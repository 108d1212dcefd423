import * as z from 'zod/mini';
import { CallIdSchema, InstantSchema } from '../common.ts';

/** Answer 202 to `POST /v1/callbacks`. A repeat of an open call has no manage link: it belongs to who asked first. */
export const CallbackAcceptedSchema = z.strictObject({
  id: CallIdSchema,
  status: z.enum(['accepted', 'waiting', 'dialing', 'placed', 'connected', 'unanswered']),
  /** The call is not placed before this instant. */
  callAfter: InstantSchema,
  /** Who waits for the wished time, where one was wished for: Webex, by a scheduled callback, or Ringback. */
  heldBy: z.optional(z.enum(['ringback', 'webex'])),
  manageUrl: z.optional(z.string()),
});
export type CallbackAccepted = z.output<typeof CallbackAcceptedSchema>;
