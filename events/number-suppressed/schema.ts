import * as z from 'zod/mini';
import { EventNumberSchema, ownEvent } from '../cloud-event.ts';
import { InstantSchema } from '../common.ts';

/**
 * Event on the bus after a number came onto our own do-not-call list: a CloudEvent (specification 1.0) as the `detail` of
 * an EventBridge event with source `ringback` and detail type `number.suppressed.v1`. It may come twice, with the same id.
 */
export const NumberSuppressedSchema = ownEvent(
  z.literal('number.suppressed.v1', 'must be "number.suppressed.v1"'),
  z.strictObject({
    number: EventNumberSchema,
    list: z.string('must be text'),
    source: z.string('must be text'),
    addedBy: z.string('must be text'),
    addedAt: InstantSchema,
  }),
);
export type NumberSuppressed = z.output<typeof NumberSuppressedSchema>;
