import * as z from 'zod/mini';
import { CampaignMappingSchema } from '../campaign-mapping/schema.ts';
import { CampaignIdSchema } from '../campaign-upload/schema.ts';
import { InstantSchema } from '../common.ts';

/** The name in the path. */
export const ScheduleNameSchema = z
  .string('must be the name of a schedule')
  .check(
    z.regex(
      /^[a-z0-9][a-z0-9-]{0,39}$/,
      'must be 1 to 40 lower-case letters, digits or hyphens, such as every-morning',
    ),
  );
/** A planned run by the minute it was planned for; one that somebody asked for by the millisecond. */
export const RunIdSchema = z
  .string('must be the id of a run')
  .check(z.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z(-asked)?$/, 'must be the id of a run'));

const Count = z.int('must be a whole number').check(z.nonnegative('must not be negative'));

/** Of Webex's own limit, 30 days. */
const lagMinutesMax = 43_200;
const lag = 'must be a whole number of minutes, from 0 to 43,200, which is 30 days';
const time = 'must be a local time of day such as 09:00, at most 23:59';

const ActivationSchema = z.union(
  [
    z.strictObject({ lagMinutes: z.int(lag).check(z.gte(0, lag), z.lte(lagMinutesMax, lag)) }),
    z.strictObject({ at: z.string(time).check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$/, time)) }),
  ],
  'must be {"lagMinutes": 30} or {"at": "09:00"}, a local time of day',
);

const SourceSchema = z.strictObject({
  /** What the keys of the files begin with, in the bucket of contact files. */
  prefix: z
    .string('must be text such as files/CAMPAIGN/')
    .check(
      z.minLength(1, 'must not be empty'),
      z.maxLength(500, 'must be at most 500 characters long'),
      z.regex(/^[^\p{Cc}]*$/u, 'must not contain control characters'),
    ),
  take: z.enum(['newest', 'all-new'], 'must be newest or all-new'),
});

const fields = {
  /** EventBridge's syntax; read closely behind this. */
  expression: z
    .string('must be text such as cron(0 9 ? * MON-FRI *)')
    .check(
      z.maxLength(256, 'must be at most 256 characters long'),
      z.regex(
        /^(cron|rate)\(.+\)$/,
        'must be cron(minutes hours day-of-month month day-of-week year), such as cron(0 9 ? * MON-FRI *), or a rate such as rate(1 hour)',
      ),
    ),
  timeZone: z
    .string('must be an IANA time zone such as America/New_York')
    .check(z.regex(/^[A-Za-z][A-Za-z0-9_+/-]{1,49}$/, 'must be an IANA time zone such as America/New_York')),
  source: SourceSchema,
  /** When the contacts become callable. Absent: as the settings of the campaign say. */
  activation: z.optional(ActivationSchema),
  /** As in the settings of a campaign. Absent: the settings' own. */
  mapping: z.optional(CampaignMappingSchema),
};

/** Body of `PUT /v1/campaigns/{id}/schedules/{name}`. */
export const PutScheduleSchema = z.strictObject({
  ...fields,
  enabled: z._default(z.boolean('must be true or false'), true),
});
export type PutSchedule = z.output<typeof PutScheduleSchema>;

/** What one run came to. */
export const ScheduleRunSchema = z.strictObject({
  id: RunIdSchema,
  /** Planned by the expression, or asked for by an operator. */
  kind: z.enum(['planned', 'asked']),
  plannedAt: InstantSchema,
  /** `taken`: at least one file went to an upload. `empty`: there was no new file. `missed`: the time went by without a run. */
  status: z.enum(['running', 'taken', 'empty', 'missed', 'failed'], 'must be a status of a run'),
  /** One sentence, where the status alone does not tell. */
  because: z.optional(z.string()),
  endedAt: z.optional(InstantSchema),
  askedBy: z.optional(z.string()),
  files: z
    .array(
      z.strictObject({
        key: z.string(),
        /** The upload that the file went to. */
        upload: z.optional(z.string()),
        /** Why the file could not be taken. */
        problem: z.optional(z.string()),
      }),
    )
    .check(z.maxLength(100)),
  /** New files that wait for the next run, because this one had enough. */
  filesLeft: z.optional(Count),
  /** Planned times that went by without a run, the last of them `plannedAt`. */
  missed: z.optional(z.strictObject({ count: Count, since: InstantSchema })),
});
export type ScheduleRunView = z.output<typeof ScheduleRunSchema>;

/** Answer to `PUT` and `GET /v1/campaigns/{id}/schedules/{name}`, with the version as its ETag. */
export const ScheduleSchema = z.strictObject({
  ...fields,
  campaign: CampaignIdSchema,
  name: ScheduleNameSchema,
  enabled: z.boolean(),
  /** Whether EventBridge runs by this version; where it does not, send the request again. */
  inForce: z.boolean(),
  version: z.int().check(z.positive()),
  /** The next planned times, at most three; none while it is paused. */
  nextRuns: z.array(InstantSchema).check(z.maxLength(3)),
  lastRun: z.optional(ScheduleRunSchema),
  createdAt: InstantSchema,
  changedAt: InstantSchema,
  changedBy: z.string(),
});
export type ScheduleView = z.output<typeof ScheduleSchema>;

/** Answer to `GET /v1/campaigns/{id}/schedules`, by name. */
export const SchedulesSchema = z.strictObject({
  schedules: z.array(z.omit(ScheduleSchema, { lastRun: true })),
  /** Goes into `after` for the next page; absent on the last one. */
  next: z.optional(ScheduleNameSchema),
});

/** Answer to `GET /v1/campaigns/{id}/schedules/{name}/runs`, the newest first. */
export const ScheduleRunsSchema = z.strictObject({
  runs: z.array(ScheduleRunSchema),
  /** Goes into `before` for the next page; absent on the last one. */
  next: z.optional(RunIdSchema),
});

/** Answer to `POST /v1/campaigns/{id}/schedules/{name}/run`. */
export const RunAskedSchema = z.strictObject({ run: RunIdSchema });
