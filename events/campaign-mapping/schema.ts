import * as z from 'zod/mini';

const ColumnName = z
  .string('must be the name of a column')
  .check(z.minLength(1, 'must be the name of a column'), z.maxLength(200, 'must be at most 200 characters long'));

/** Types of a campaign's field mapping in Webex. */
export const fieldTypes = ['String', 'Integer', 'Float', 'Date', 'DateTime', 'Boolean', 'Phone', 'Email'] as const;
export type FieldType = (typeof fieldTypes)[number];

const FieldSchema = z.strictObject({
  column: ColumnName,
  type: z._default(z.enum(fieldTypes, `must be one of ${fieldTypes.join(', ')}`), 'String'),
  /** A row without a value is rejected. */
  required: z._default(z.boolean(), false),
});

/** Which column of a file is what: in the settings of a campaign, and in the request for one upload. */
export const CampaignMappingSchema = z
  .strictObject({
    number: ColumnName,
    /** IANA time zone of the person; adds to what the number tells, never narrows it. */
    zone: z.optional(ColumnName),
    name: z.optional(ColumnName),
    /** What Webex knows the contact by: the campaign's customer or account unique id. */
    id: z.optional(ColumnName),
    /** Two-letter country that gives a national number its meaning. */
    country: z.optional(ColumnName),
    /** Since when the basis holds: a date, or an instant with its zone. */
    since: z.optional(ColumnName),
    /** By the name of the field in the campaign's field mapping, exactly as in Webex. */
    fields: z.record(z.string().check(z.minLength(1), z.maxLength(200)), FieldSchema).check(
      z.refine((fields) => Object.keys(fields).length > 0, 'must name at least one field'),
      z.refine(
        (fields) => Object.keys(fields).length <= 200,
        'must name at most 200 fields, the most that Webex takes',
      ),
    ),
  })
  .check(
    z.refine(
      ({ number, fields }) => Object.values(fields).some((field) => field.column === number),
      'must send the column of the number to a field',
    ),
  );
export type CampaignMapping = z.output<typeof CampaignMappingSchema>;
