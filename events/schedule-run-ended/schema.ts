import * as z from 'zod/mini';
import { ScheduleNameSchema, ScheduleRunSchema } from '../campaign-schedule/schema.ts';
import { CampaignIdSchema } from '../campaign-upload/schema.ts';
import { InstantSchema } from '../common.ts';

/**
 * Event on the bus after a run of a campaign's schedule ended, was missed or found nothing: a CloudEvent (specification 1.0)
 * as the `detail` of an EventBridge event with source `ringback`. It may come twice, with the same id.
 */
export const ScheduleRunEndedSchema = z.strictObject({
  specversion: z.literal('1.0', 'must be "1.0"'),
  id: z.string('must be text').check(z.minLength(1, 'must not be empty'), z.maxLength(200)),
  /** `urn:ringback:<organization id>`. */
  source: z.string('must be text').check(z.startsWith('urn:ringback:', 'must start with urn:ringback:')),
  type: z.literal('schedule-run.ended.v1', 'must be "schedule-run.ended.v1"'),
  time: InstantSchema,
  datacontenttype: z.literal('application/json', 'must be "application/json"'),
  data: z.strictObject({
    campaign: CampaignIdSchema,
    schedule: ScheduleNameSchema,
    run: z.extend(ScheduleRunSchema, {
      status: z.enum(['taken', 'empty', 'missed', 'failed'], 'must be how a run ends'),
    }),
  }),
});
export type ScheduleRunEnded = z.output<typeof ScheduleRunEndedSchema>;
