import * as z from 'zod/mini';
import { type CampaignMapping, CampaignMappingSchema, type FieldType } from '../../events/campaign-mapping/schema.ts';

const CalendarDate = z.iso.date('must be a date such as 2026-12-25');

/** Which column of a file is what. */
export type UploadMapping = CampaignMapping;
export type { FieldType };

const BasisSchema = z.strictObject({
  type: z.enum(['consent', 'relationship', 'request'], 'must be consent, relationship or request'),
  /** For rows without a date of their own. Without one, such a row has no basis. */
  since: z.optional(CalendarDate),
  /** A relationship that is founded on an inquiry only, which counts for less long. */
  inquiry: z._default(z.boolean(), false),
});

/** What a campaign's files are and how its contacts are screened. */
export const CampaignSchema = z.strictObject({
  /** Absent: guessed from the header, and asked about before anything is sent. */
  mapping: z.optional(CampaignMappingSchema),
  /** Countries that are called. Absent: the organization's. */
  countries: z.optional(
    z
      .array(z.string().check(z.regex(/^[A-Z]{2}$/, 'must be a two-letter country code such as US')))
      .check(z.minLength(1)),
  ),
  /** Gives national numbers their meaning where no column does. Absent: the first of the countries. */
  country: z.optional(z.string().check(z.regex(/^[A-Z]{2}$/, 'must be a two-letter country code such as US'))),
  numberTypes: z._default(
    z
      .array(
        z.enum(
          ['FIXED_LINE', 'MOBILE', 'FIXED_LINE_OR_MOBILE', 'VOIP', 'PERSONAL_NUMBER', 'TOLL_FREE', 'UAN'],
          'must be a number type such as MOBILE',
        ),
      )
      .check(z.minLength(1, 'must name a type')),
    ['FIXED_LINE', 'MOBILE', 'FIXED_LINE_OR_MOBILE', 'VOIP'],
  ),
  /** How numbers go to Webex: a campaign keeps to one form. `digits` is E.164 without the plus sign. */
  numberForm: z._default(z.enum(['e164', 'digits'], 'must be e164 or digits'), 'e164'),
  /** How dates are written that are not ISO: month first or day first. */
  dates: z._default(z.enum(['ISO', 'MDY', 'DMY'], 'must be ISO, MDY or DMY'), 'ISO'),
  /** A number that was uploaded to the campaign within so many days is left out; 0 turns that off. */
  repeatDays: z._default(z.int().check(z.minimum(0), z.maximum(365)), 7),
  /** How long the list lives. Webex: at most 31 days. */
  lifeDays: z._default(z.int().check(z.minimum(1), z.maximum(31, 'must be at most 31, as long as a list lives')), 31),
  activationLagMinutes: z._default(z.int().check(z.minimum(0), z.maximum(43_200)), 0),
  channels: z._default(
    z.array(z.enum(['Voice', 'SMS', 'Email'], 'must be Voice, SMS or Email')).check(z.minLength(1)),
    ['Voice'],
  ),
  /** Why these people may be called. Without one, national registries apply to every number. */
  basis: z.optional(BasisSchema),
  /** Whether a dialer chooses and dials the numbers; false only where agents dial each contact by hand (preview). */
  automated: z._default(z.boolean(), true),
  rowsMax: z._default(z.int().check(z.minimum(1), z.maximum(50_000_000, 'must be at most 50,000,000')), 50_000_000),
});
export type CampaignSettings = z.output<typeof CampaignSchema>;

const MB = 1024 * 1024;

/** How a file is planned that is too large for one function. */
const SplitSchema = z.strictObject({
  /**
   * A file of more bytes than this is planned in parts. The shortest row, a national number of eight digits, has 9 bytes,
   * so the default has at most 18.6 million rows, which one function plans in its 15 minutes.
   */
  beyondBytes: z._default(
    z.int().check(z.minimum(0), z.maximum(1024 * MB, 'must be at most 1 GB, so that one function can plan it')),
    160 * MB,
  ),
  /** About how many bytes of the file one function takes: 15 million rows at most by default. */
  rangeBytes: z._default(
    z
      .int()
      .check(
        z.minimum(1_024, 'must be at least 1,024'),
        z.maximum(256 * MB, 'must be at most 256 MB, so that one function can plan them'),
      ),
    128 * MB,
  ),
  /** How many ranges are planned at the same time: each reads up to 13,300 units a second of each table it asks. */
  concurrency: z._default(z.int().check(z.minimum(1), z.maximum(40, 'must be at most 40')), 3),
});

/** `uploads` in the settings. A campaign that is named takes nothing from the defaults. */
export const UploadSettingsSchema = z.prefault(
  z.strictObject({
    /** For campaigns that are not named. */
    defaults: z.prefault(CampaignSchema, {}),
    /** By the campaign's id in Webex. */
    campaigns: z.prefault(z.record(z.string().check(z.minLength(1), z.maxLength(100)), CampaignSchema), {}),
    split: z.prefault(SplitSchema, {}),
  }),
  {},
);
export type UploadSettings = z.output<typeof UploadSettingsSchema>;

/** The settings of a campaign: its own, or the defaults. */
export const campaignSettings = (settings: UploadSettings, campaignId: string): CampaignSettings =>
  Object.hasOwn(settings.campaigns, campaignId)
    ? (settings.campaigns[campaignId] as CampaignSettings)
    : settings.defaults;
