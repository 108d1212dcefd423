import * as z from 'zod/mini';
import { CallIdSchema, InstantSchema } from '../common.ts';

/** Answer 202 to `POST /v1/triggers/{source}`: the call, or the upload that the contact is part of. */
export const TriggerAcceptedSchema = z.union([
  z.strictObject({
    id: CallIdSchema,
    status: z.enum(['accepted', 'waiting', 'dialing', 'placed', 'connected', 'unanswered']),
    /** The call is not placed before this instant. */
    callAfter: InstantSchema,
  }),
  z.strictObject({ upload: z.uuid('must be the id of an upload') }),
]);
export type TriggerAccepted = z.output<typeof TriggerAcceptedSchema>;
