import * as z from 'zod/mini';
import { CallEventSchema } from '../call-event/schema.ts';
import { NumberSuppressedSchema } from '../number-suppressed/schema.ts';
import { ScheduleRunEndedSchema } from '../schedule-run-ended/schema.ts';
import { UploadEventSchema } from '../upload-event/schema.ts';

/** Message on the queue of a destination: one of our events as the rule of EventBridge hands it on. */
export const EventDeliverySchema = z.object({
  detail: z.union(
    [CallEventSchema, UploadEventSchema, ScheduleRunEndedSchema, NumberSuppressedSchema],
    'must be an event of ours',
  ),
});
export type EventDelivery = z.output<typeof EventDeliverySchema>;
