import * as z from 'zod';
import { attributeLimits } from '../calls/attribute-limits.ts';
import { uploadProblems } from '../campaigns/upload-problems.ts';
import { UploadSettingsSchema } from '../campaigns/upload-settings.ts';
import { isTimeZone } from '../numbering/time-zone.ts';
import { policyProblems } from '../policy/policy-problems.ts';
import { DestinationsSchema } from './destination-schema.ts';
import { ScreenSettingsSchema } from './screen-settings.ts';
import { triggerProblems } from './trigger-problems.ts';
import { TriggersSchema } from './trigger-schema.ts';

const Uuid = z.uuid('must be a UUID such as 6f9619ff-8b86-4d01-b42d-00cf4fc964ff');
const E164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be an E.164 number such as +14155550132');
const Country = z.string().regex(/^[A-Z]{2}$/, 'must be a two-letter ISO 3166 country code such as US');
const TimeZone = z.string().refine(isTimeZone, 'must be an IANA time zone such as America/New_York');
const ClockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time such as 09:00, at most 24:00');
const CalendarDate = z.iso.date('must be a date such as 2026-12-25');
const HttpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

/** Of the 30 that Webex takes, the others are for who asked, why, and the attempt, and for variables of the call. */
const lineAttributesMax = 20;

/** Regions where the DNC operations do not exist (developer.webex.com): Australia, Singapore, India. */
const regionsWithoutDnc: readonly string[] = ['anz1', 'sg1', 'in1'];

const OpenHours = z
  .array(z.tuple([ClockTime, ClockTime]))
  .min(1, 'must hold at least one [from, to] pair; leave the weekday out where the line is closed')
  .superRefine((windows, context) => {
    for (const [index, [from, to]] of windows.entries()) {
      const previous = windows[index - 1];
      if (from >= to) {
        context.addIssue({ code: 'custom', path: [index], message: `must end after it starts, got ${from} to ${to}` });
      } else if (previous && previous[1] > from) {
        context.addIssue({
          code: 'custom',
          path: [index],
          message: `must start at or after ${previous[1]}, got ${from}`,
        });
      }
    }
  });

const WeekdaysSchema = z.partialRecord(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']), OpenHours);

const HoursSchema = z.strictObject({
  timeZone: TimeZone,
  weekdays: WeekdaysSchema,
  holidays: z.array(CalendarDate).default([]),
});

/** Webex's limits (Create Task); what is left belongs to the call itself. */
const LineAttributes = z
  .record(
    z
      .string()
      .min(1)
      .refine(
        (key) => Buffer.byteLength(key) <= attributeLimits.keyBytes,
        `must be at most ${attributeLimits.keyBytes} bytes long`,
      ),
    z
      .string()
      .refine(
        (value) => Buffer.byteLength(value) <= attributeLimits.valueBytes,
        `must be at most ${attributeLimits.valueBytes} bytes long`,
      ),
  )
  .refine(
    (attributes) => Object.keys(attributes).length <= lineAttributesMax,
    `must hold at most ${lineAttributesMax} pairs`,
  );

/** How a line's hours are cut into times that people book; see src/slots/slot-settings.ts. */
const SlotsSchema = z.strictObject({
  minutes: z.int().min(15, 'must be at least 15, so that Webex has time to find somebody').max(720),
  capacity: z.int().min(1).max(10_000),
  daysAhead: z.int().min(1).max(31, 'must be at most 31: Webex schedules no call further ahead').default(14),
  leadMinutes: z.int().min(0).max(10_080).default(30),
});

/** How a line treats a call that nobody answered. */
const RetrySchema = z.strictObject({
  /** `webex` leaves redialing to Webex's own provisioned attempts; then Ringback never repeats an unanswered call. */
  by: z.enum(['ringback', 'webex']).default('ringback'),
  attemptsMax: z.int().min(1).max(10).default(3),
  spacingMinutes: z.int().min(1).max(10_080).default(120),
  /** Spread the attempts over the parts of a day (morning, afternoon, evening) of the person's zone. */
  spreadOverDayParts: z.boolean().default(true),
});

/** A Webex queue: of scheduled callbacks, and of the estimated wait. */
const QueueId = z.string().min(1).max(36, 'must be at most 36 characters long');

/** What becomes of the agent whom the person asked for. */
const PreferredAgentSchema = z.discriminatedUnion('as', [
  /** The e-mail address goes into a flow variable. */
  z.strictObject({
    as: z.literal('variable'),
    name: z.string().regex(/^\w{1,80}$/, 'must be 1 to 80 letters, digits or underscores'),
    /**
     * Has the agent's state read right before the call. An agent who is unknown or not available is left out at once, or
     * is waited for so long first. Without it, nothing is asked and the flow decides.
     */
    fallback: z
      .union([
        z.literal('anyone'),
        z.strictObject({ waitMinutes: z.int().min(1).max(60, 'must be at most 60: the person waits as well') }),
      ])
      .optional(),
  }),
  /** A personal scheduled callback of Webex; whoever is free calls where the agent is unknown, or logged out right before. */
  z.strictObject({ as: z.literal('assignee'), fallback: z.literal('anyone').default('anyone') }),
]);

const LineSchema = z
  .strictObject({
    /** What the form shows as the topic. */
    topic: z.string().min(1).max(80),
    task: z.enum(['CALLBACK', 'EXECUTE_FLOW']).default('CALLBACK'),
    /** Outbound entry point for CALLBACK, inbound entry point mapped to a flow for EXECUTE_FLOW; at most 36 characters. */
    entryPointId: z.string().min(1).max(36),
    /** Outdial ANI; Webex wants it with the plus sign. Required for EXECUTE_FLOW. */
    origin: E164.optional(),
    /** Who may ask for calls of the line: a line for operators is on no form. */
    audience: z.enum(['public', 'operators']).default('public'),
    /** Attributes that every task of the line carries. */
    attributes: LineAttributes.default({}),
    preferredAgent: PreferredAgentSchema.optional(),
    /** Who holds callbacks for later until their time: Ringback, or Webex as scheduled callbacks where its limits allow. */
    future: z.enum(['hold', 'webex']).default('hold'),
    queueId: QueueId.optional(),
    hours: HoursSchema.optional(),
    /** Times that people book; a wish for a time must then be one of them. */
    slots: SlotsSchema.optional(),
    countries: z.array(Country).min(1).optional(),
    /** A call that could not be placed by then is `expired`. */
    expiresAfterHours: z.int().min(1).max(744).default(72),
    retry: RetrySchema.prefault({}),
    /** What becomes of an attempt that Webex does not know after the settle time. */
    whenAbsent: z.enum(['send-again', 'hand-over']).default('send-again'),
  })
  .refine((line) => line.task !== 'EXECUTE_FLOW' || line.origin !== undefined, {
    path: ['origin'],
    message: 'is required where task is EXECUTE_FLOW (an Outdial ANI such as +14155550100)',
  })
  .refine((line) => line.slots === undefined || line.hours !== undefined, {
    path: ['slots'],
    message: 'must be left out where the line has no hours, because slots are cut from them',
  })
  .refine((line) => line.preferredAgent?.as !== 'variable' || line.task === 'EXECUTE_FLOW', {
    path: ['preferredAgent'],
    message: 'must be left out where task is CALLBACK, because only a flow reads variables',
  })
  .refine((line) => line.preferredAgent?.as !== 'assignee' || line.future === 'webex', {
    path: ['preferredAgent', 'as'],
    message:
      'must not be assignee where future is hold, because only a scheduled callback of Webex has an assigned agent',
  })
  .refine((line) => line.future !== 'webex' || line.queueId !== undefined, {
    path: ['queueId'],
    message: 'is required where future is webex (the id of the queue that calls back)',
  });

export const SettingsSchema = z
  .strictObject({
    organization: z.strictObject({ id: Uuid, name: z.string().min(1).max(100) }),
    webex: z.strictObject({
      region: z.enum(['us1', 'eu1', 'eu2', 'anz1', 'ca1', 'jp1', 'sg1', 'in1']),
      /** Overrides the region's base URL. */
      apiUrl: HttpUrl.optional(),
      authorizeUrl: HttpUrl.default('https://webexapis.com/v1/authorize'),
      tokenUrl: HttpUrl.default('https://webexapis.com/v1/access_token'),
      /** Where tokens of Service Apps are issued. */
      applicationsUrl: HttpUrl.default('https://webexapis.com/v1/applications'),
      /** Scopes that a sign-in asks for, instead of the least that the enabled features need. */
      scopes: z
        .array(z.string().regex(/^[\w:.]{1,80}$/, 'must be a scope such as cjp:user'))
        .min(1, 'must name at least one scope; leave it out for the least that is needed')
        .max(30, 'must name at most 30 scopes')
        .optional(),
      /** Ringback acts as this Service App instead of the administrator who signs in; see docs/operations.md. */
      serviceApp: z
        .strictObject({
          id: z.string().min(1).max(200),
          /** As Webex's API names the organization, where that is not organization.id. */
          targetOrganizationId: z.string().min(1).max(200).optional(),
        })
        .optional(),
      /** Webex's default budget of a client id (developer.webex.com). */
      requestsPerMinute: z.int().min(1).max(100_000).default(300),
      /** Name of the String global variable that carries our attempt id through Webex. */
      attemptVariable: z
        .string()
        .regex(/^[a-zA-Z\d_]{1,80}$/, 'must be 1 to 80 letters, digits or underscores')
        .default('ringback_attempt'),
      /** How long an uncertain attempt is looked for before it counts as absent; nobody publishes Search's lag. */
      settleMinutes: z.int().min(1).max(1_440).default(10),
      /** DNC lists in Webex that forbid calls as well; what we list is written there too. Case-sensitive. */
      dncLists: z
        .array(
          z
            .string()
            .regex(
              /^[a-zA-Z0-9_-]{1,100}$/,
              'must be the name of a list: 1 to 100 letters, digits, underscores or hyphens',
            ),
        )
        .max(10, 'must name at most 10 lists')
        .default([]),
      /** User ids (UUID) of agents by their e-mail address; no documented operation tells one from the other. */
      agents: z
        .record(
          z.email('must be the e-mail address of an agent').transform((email) => email.toLowerCase()),
          Uuid,
        )
        .refine((agents) => Object.keys(agents).length <= 1_000, 'must name at most 1000 agents')
        .default({}),
      rotationHours: z.int().min(4, 'must be at least 4: Secrets Manager rotates no oftener').max(720).default(6),
    }),
    lines: z
      .record(
        z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be 1 to 40 lower-case letters, digits or hyphens'),
        LineSchema,
      )
      .refine((lines) => Object.keys(lines).length > 0, 'must name at least one line')
      .refine((lines) => Object.keys(lines).length <= 50, 'must name at most 50 lines'),
    countries: z.array(Country).min(1, 'must allow at least one country'),
    consent: z
      .strictObject({
        current: z.string().min(1).max(40),
        wordings: z.record(
          z.string().min(1).max(40),
          z.strictObject({ en: z.string().min(10).max(4_000) }).catchall(z.string().min(10).max(4_000)),
        ),
      })
      .refine((consent) => consent.wordings[consent.current] !== undefined, {
        path: ['current'],
        message: 'must be the name of one of consent.wordings',
      }),
    site: z.strictObject({ origins: z.array(HttpUrl).min(1).max(50) }),
    operators: z.strictObject({ issuer: HttpUrl, audience: z.string().min(1).max(200) }),
    policy: z
      .strictObject({
        /** Nothing is dialed in the last minutes of a window. */
        windowGuardMinutes: z.int().min(0).max(60).default(2),
        caps: z
          .array(
            z.strictObject({
              attempts: z.int().min(1, 'must be at least 1; suppress a number to forbid it').max(100),
              hours: z.int().min(1).max(744, 'must be at most 744: attempts are remembered for 31 days'),
            }),
          )
          .min(1)
          .default([
            { attempts: 3, hours: 24 },
            { attempts: 7, hours: 168 },
          ]),
        /** Hours where no statute sets any. */
        defaultHours: z.strictObject({ from: ClockTime, to: ClockTime }).optional(),
        /** Why `caps` or `defaultHours` are looser than the defaults; required then, and told in every decision. */
        looserBecause: z.string().max(500).optional(),
        /** Evidence of place that counts instead of the number, rather than beside it. */
        trustedSources: z.array(z.enum(['address', 'browser'])).default([]),
        /** Operator's rules and removals; see docs/policy.md. */
        rules: z.array(z.unknown()).default([]),
        /** National registries that the organization subscribes to and imports; a call that needs another one waits. */
        registries: z.strictObject({ US: z.strictObject({ subscribed: z.boolean() }).optional() }).default({}),
      })
      .prefault({}),
    screen: ScreenSettingsSchema.prefault({}),
    /** Campaigns of Webex that contact files go to; see docs/campaigns.md. */
    uploads: UploadSettingsSchema,
    events: z
      .strictObject({
        /** Whether events on the bus carry whole numbers; else `+1415*****32`. */
        wholeNumbers: z.boolean().default(false),
        destinations: DestinationsSchema,
      })
      .prefault({}),
    triggers: TriggersSchema.prefault({}),
    retention: z.strictObject({ callDays: z.int().min(1).max(3_650).default(1_825) }).prefault({}),
    alarms: z.strictObject({ email: z.email().optional() }).prefault({}),
  })
  .superRefine((settings, context) => {
    for (const [name, line] of Object.entries(settings.lines)) {
      for (const country of line.countries ?? []) {
        if (!settings.countries.includes(country)) {
          context.addIssue({
            code: 'custom',
            path: ['lines', name, 'countries'],
            message: `must be among the allowed countries (${settings.countries.join(', ')}), got ${country}`,
          });
        }
      }
    }
    for (const { path, message } of uploadProblems(settings.uploads, settings.countries)) {
      context.addIssue({ code: 'custom', path: ['uploads', ...path], message });
    }
    const { region, dncLists } = settings.webex;
    if (dncLists.length > 0 && regionsWithoutDnc.includes(region)) {
      context.addIssue({
        code: 'custom',
        path: ['webex', 'dncLists'],
        message: `must be empty, because Webex has no DNC API in region ${region}`,
      });
    }
    for (const { path, message } of triggerProblems(settings.triggers.sources, settings)) {
      context.addIssue({ code: 'custom', path: ['triggers', 'sources', ...path], message });
    }
    for (const { path, message } of policyProblems(settings.policy)) {
      context.addIssue({ code: 'custom', path: [path], message });
    }
  });

/** Settings as everything inside reads them: defaults filled in. */
export type Settings = z.output<typeof SettingsSchema>;
/** Settings as an operator writes them. */
export type SettingsInput = z.input<typeof SettingsSchema>;
export type Line = Settings['lines'][string];
