import * as z from 'zod/mini';
import { ScheduleNameSchema } from '../campaign-schedule/schema.ts';
import { CampaignIdSchema } from '../campaign-upload/schema.ts';
import { InstantSchema } from '../common.ts';

const which = { campaign: CampaignIdSchema, schedule: ScheduleNameSchema };

/** Message that starts a run of a campaign's schedule: from EventBridge Scheduler, or because an operator asked for it. */
export const RunScheduleSchema = z.union(
  [
    z.strictObject({
      ...which,
      /** Since when the schedule has run at these times, in milliseconds since 1970: older timings run no more. */
      timingMs: z.int('must be a whole number').check(z.positive('must be positive')),
      plannedAt: InstantSchema,
    }),
    z.strictObject({ ...which, askedAt: InstantSchema, askedBy: z.string('must be text').check(z.minLength(1)) }),
  ],
  'must tell campaign, schedule, timingMs and plannedAt, or campaign, schedule, askedAt and askedBy',
);
export type RunSchedule = z.output<typeof RunScheduleSchema>;
