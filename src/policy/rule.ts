import * as z from 'zod/mini';
import { isJurisdiction } from '../numbering/countries.ts';
import { isTimeZone } from '../numbering/time-zone.ts';
import { dayOfDate } from './calendar-day.ts';
import { isCalendar } from './holidays.ts';

const Text = (name: string, max: number) =>
  z
    .string(`must be ${name}`)
    .check(z.trim(), z.minLength(1, `must be ${name}`), z.maxLength(max, `must have at most ${max} characters`));

const CalendarDate = z
  .string('must be a date such as 2026-12-24')
  .check(z.refine((text) => dayOfDate(text) !== undefined, 'must be a date that exists, such as 2026-12-24'));

/** `HH:MM-HH:MM`, end exclusive, `24:00` for midnight at the end of the day. */
const WindowSchema = z
  .string('must be a window such as 08:00-20:00')
  .check(z.regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a window such as 08:00-20:00'));

const WindowsSchema = z
  .array(WindowSchema, 'must be a list of windows such as ["08:00-20:00"]')
  .check(z.maxLength(12, 'must hold at most 12 windows'));

const HolidaysSchema = z.strictObject({
  /** Names of calendars in `holiday-calendars.ts`. */
  calendars: z.optional(
    z.array(
      z.string().check(z.refine(isCalendar, 'must be a calendar of src/policy/holiday-calendars.ts, such as US or FR')),
    ),
  ),
  /** Further dates, for what a governor proclaims. */
  dates: z.optional(z.array(CalendarDate).check(z.maxLength(366, 'must hold at most 366 dates'))),
  /** Windows that hold on those days instead; none means no calls. */
  hours: WindowsSchema,
});

const CapSchema = z.strictObject({
  count: z
    .int('must be a whole number')
    .check(z.minimum(1, 'must be at least 1; to forbid calls, suppress the number or add a ban'), z.maximum(1_000)),
  windowHours: z.int('must be a whole number of hours').check(
    z.minimum(1, 'must be at least 1'),
    // The attempt log keeps no more, and `policy.caps` has the same limit.
    z.maximum(744, 'must be at most 744: attempts are remembered for 31 days'),
  ),
  per: z.enum(['number', 'line'], 'must be number or line'),
});

const PartSchema = z.enum(
  ['hours', 'caps', 'registry', 'needs', 'emergency', 'all'],
  'must be hours, caps, registry, needs, emergency or all',
);
const BasisTypeSchema = z.enum(['request', 'relationship', 'consent'], 'must be request, relationship or consent');

const LiftSchema = z.strictObject({
  basis: BasisTypeSchema,
  lifts: z.array(PartSchema).check(z.minLength(1, 'must name at least one part of the rule')),
  /** How long the basis counts, in months from its start. */
  months: z.optional(z.int().check(z.minimum(1), z.maximum(120))),
  /** The same for a relationship founded on an inquiry only; 0 where an inquiry does not count. */
  inquiryMonths: z.optional(z.int().check(z.minimum(0), z.maximum(120))),
  /** Only the first attempt of a call is lifted, no retry. */
  firstAttemptOnly: z.optional(z.boolean()),
  /** Courts or regulators differ: kept on record and treated as lifting nothing. */
  disputed: z.optional(z.boolean()),
});

/** One calling rule. Docs: `docs/policy.md`. */
export const RuleSchema = z.strictObject({
  id: z
    .string('must be the name of the rule')
    .check(z.regex(/^[a-z][a-z0-9-]{2,59}$/, 'must be 3 to 60 lower-case letters, digits or hyphens')),
  /** `US`, `US-FL`, `GB`, or `*` for everywhere. */
  jurisdiction: z
    .string('must be a jurisdiction such as US, US-FL, CA-ON, GB or *')
    .check(
      z.refine(
        (code) => code === '*' || isJurisdiction(code),
        'must be a known jurisdiction such as US, US-FL, CA-ON, GB or *',
      ),
    ),
  scope: z.enum(
    ['any', 'any-sales', 'unsolicited', 'automated', 'prerecorded', 'debt'],
    'must be any, any-sales, unsolicited, automated, prerecorded or debt',
  ),
  /** Windows by weekday or span of weekdays (`mon-fri`); a weekday left out has no calls. */
  hours: z.optional(
    z.record(
      z
        .string()
        .check(
          z.regex(
            /^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$/,
            'must be a weekday or a span such as mon-fri',
          ),
        ),
      WindowsSchema,
    ),
  ),
  /** Taken out of every window of the week. */
  breaks: z.optional(WindowsSchema),
  holidays: z.optional(HolidaysSchema),
  caps: z.optional(z.array(CapSchema).check(z.minLength(1, 'must hold a cap, or be left out'), z.maxLength(8))),
  /** A national list that must have been looked up; a copy older than `maxAgeDays` counts as unreadable. */
  registry: z.optional(
    z.strictObject({
      list: z.string().check(z.regex(/^registry:[A-Z]{2}$/, 'must be a list such as registry:US')),
      maxAgeDays: z.int().check(z.minimum(1), z.maximum(366)),
    }),
  ),
  /** One of these bases must be live, else the call is denied. */
  needs: z.optional(z.array(BasisTypeSchema).check(z.minLength(1, 'must name at least one basis, or be left out'))),
  /** The statute bars calls while an emergency is declared; bans name the jurisdiction and this rule says what lifts them. */
  emergency: z.optional(z.boolean()),
  /** Binds only in countries where no other rule's hours bind the call all through the time that is weighed. */
  fallback: z.optional(z.boolean()),
  liftedBy: z.array(LiftSchema, 'must be a list, empty where nothing lifts the rule').check(z.maxLength(10)),
  /** `called-party`, or the IANA zone that the statute names. */
  timeZone: z
    .string('must be called-party or an IANA time zone')
    .check(
      z.refine(
        (zone) => zone === 'called-party' || isTimeZone(zone),
        'must be called-party or an IANA time zone such as America/Chicago',
      ),
    ),
  /** First and last day, in the called party's calendar. */
  effectiveFrom: z.optional(CalendarDate),
  effectiveTo: z.optional(CalendarDate),
  citation: Text('the statute, regulation or policy it comes from', 300),
  url: z
    .string('must be the address of the source')
    .check(z.regex(/^(https?:\/\/\S+|docs\/\S+)$/, 'must be the http(s) address of the source')),
  /** When the source was read. */
  asOf: CalendarDate,
  /** Whether the primary text, or a verbatim copy of it, was read. */
  verified: z.boolean('must be true or false'),
  note: z.optional(Text('a note', 1_000)),
});

/** A rule an operator writes: the same, and for what is looser than a built-in rule, which one and why. */
export const OperatorRuleSchema = z.extend(RuleSchema, {
  loosens: z.optional(z.string()),
  reason: z.optional(
    z.string('must say why').check(z.trim(), z.minLength(10, 'must say in a few words why'), z.maxLength(500)),
  ),
});

/** Takes a built-in rule out of force; that loosens, so it needs a reason. */
export const RemovalSchema = z.strictObject({
  removes: z.string('must be the id of a built-in rule'),
  reason: z
    .string('must say why the rule may be left out')
    .check(z.trim(), z.minLength(10, 'must say in a few words why'), z.maxLength(500)),
});

export type Rule = z.output<typeof RuleSchema>;
export type OperatorRule = z.output<typeof OperatorRuleSchema>;
export type Removal = z.output<typeof RemovalSchema>;
export type Cap = z.output<typeof CapSchema>;
export type Lift = z.output<typeof LiftSchema>;
export type RulePart = Exclude<z.output<typeof PartSchema>, 'all'>;
