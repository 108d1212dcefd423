import * as z from 'zod/mini';
import { InstantSchema } from '../common.ts';

/**
 * Event on the bus after a number came onto our own do-not-call list: a CloudEvent (specification 1.0) as the `detail` of
 * an EventBridge event with source `ringback` and detail type `number.suppressed.v1`. It may come twice, with the same id.
 */
export const NumberSuppressedSchema = z.strictObject({
  specversion: z.literal('1.0', 'must be "1.0"'),
  id: z.string('must be text').check(z.minLength(1, 'must not be empty'), z.maxLength(200)),
  /** `urn:ringback:<organization id>`. */
  source: z.string('must be text').check(z.startsWith('urn:ringback:', 'must start with urn:ringback:')),
  type: z.literal('number.suppressed.v1', 'must be "number.suppressed.v1"'),
  time: InstantSchema,
  datacontenttype: z.literal('application/json', 'must be "application/json"'),
  data: z.strictObject({
    /** E.164; masked as `+1415*****32` unless the settings have events carry whole numbers. */
    number: z
      .string('must be text')
      .check(z.regex(/^(\+[1-9]\d{0,3}\*+\d{2}|\+[1-9]\d{6,14})$/, 'must be a number such as +1415*****32')),
    list: z.string('must be text'),
    source: z.string('must be text'),
    addedBy: z.string('must be text'),
    addedAt: InstantSchema,
  }),
});
export type NumberSuppressed = z.output<typeof NumberSuppressedSchema>;
