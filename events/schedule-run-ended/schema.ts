import * as z from 'zod/mini';
import { ScheduleNameSchema, ScheduleRunSchema } from '../campaign-schedule/schema.ts';
import { CampaignIdSchema } from '../campaign-upload/schema.ts';
import { ownEvent } from '../cloud-event.ts';

/**
 * Event on the bus after a run of a campaign's schedule ended, was missed or found nothing: a CloudEvent (specification 1.0)
 * as the `detail` of an EventBridge event with source `ringback`. It may come twice, with the same id.
 */
export const ScheduleRunEndedSchema = ownEvent(
  z.literal('schedule-run.ended.v1', 'must be "schedule-run.ended.v1"'),
  z.strictObject({
    campaign: CampaignIdSchema,
    schedule: ScheduleNameSchema,
    run: z.extend(ScheduleRunSchema, {
      status: z.enum(['taken', 'empty', 'missed', 'failed'], 'must be how a run ends'),
    }),
  }),
);
export type ScheduleRunEnded = z.output<typeof ScheduleRunEndedSchema>;
