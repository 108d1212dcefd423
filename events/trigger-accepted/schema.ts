import * as z from 'zod/mini';
import { CallIdSchema, InstantSchema } from '../common.ts';

/** Answer 202 to `POST /v1/triggers/{source}`. */
export const TriggerAcceptedSchema = z.strictObject({
  id: CallIdSchema,
  status: z.enum(['accepted', 'waiting', 'dialing', 'placed', 'connected', 'unanswered']),
  /** The call is not placed before this instant. */
  callAfter: InstantSchema,
});
export type TriggerAccepted = z.output<typeof TriggerAcceptedSchema>;
