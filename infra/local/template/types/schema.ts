import * as z from 'zod';

/** A property that the host knows and does nothing about; the reason is for the reader of the table. */
export const ignored = (reason: string) => z.optional(z.unknown()).meta({ ignored: reason });

/** A property of which the host can do only some values; anything else is refused with the reason. */
export const only = <const T extends string | number | boolean>(values: readonly T[], reason: string) =>
  z.literal([...values], {
    error: () => `can only be ${values.map((value) => JSON.stringify(value)).join(' or ')} here: ${reason}`,
  });

/** CloudFormation takes numbers as text, too. */
export const num = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]);

/** CloudFormation takes booleans as text, too. */
export const bool = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

export const text = z.string();

/** One statement of an IAM policy document. */
const one = z.union([z.string(), z.array(z.string())]);
const PrincipalSchema = z.union([z.literal('*'), z.record(z.string(), one)]);

export const StatementSchema = z.strictObject({
  Sid: z.optional(text),
  Effect: z.enum(['Allow', 'Deny']),
  Action: z.optional(one),
  NotAction: z.optional(one),
  Resource: z.optional(one),
  NotResource: z.optional(one),
  Principal: z.optional(PrincipalSchema),
  Condition: z.optional(z.record(z.string(), z.record(z.string(), z.union([one, bool.transform(String)])))),
});

export const PolicyDocumentSchema = z.strictObject({
  Version: z.optional(text),
  Id: z.optional(text),
  Statement: z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(StatementSchema)),
});

export const BILLING = 'nothing here costs money by itself';
export const TAGS = ignored('tags are for people and bills');
export const ENCRYPTION = ignored('the data folder is protected by the file system alone');
