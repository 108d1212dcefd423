import * as z from 'zod/mini';
import { InstantSchema } from './common.ts';

/** A number as events on the bus carry it: masked as `+1415*****32`, unless the settings have events carry whole numbers. */
export const EventNumberSchema = z
  .string('must be text')
  .check(z.regex(/^(\+[1-9]\d{0,3}\*+\d{2}|\+[1-9]\d{6,14})$/, 'must be a number such as +1415*****32'));

/** What every event has in common: a CloudEvent (specification 1.0), the `detail` of an event on the bus. */
const envelope = {
  specversion: z.literal('1.0', 'must be "1.0"'),
  /** The same whenever the same event comes again; unique together with `source`. */
  id: z.string('must be text').check(z.minLength(1, 'must not be empty'), z.maxLength(200)),
  time: InstantSchema,
  /** What the event is about, such as the id of a call. */
  subject: z.optional(z.string('must be text').check(z.minLength(1, 'must not be empty'), z.maxLength(200))),
};

/** An event that Ringback puts on the bus, with the event source `ringback` and its type as the detail type. */
export const ownEvent = <Type extends z.ZodMiniType<string>, Data extends z.ZodMiniType>(type: Type, data: Data) =>
  z.strictObject({
    ...envelope,
    /** `urn:ringback:<organization id>`. */
    source: z.string('must be text').check(z.startsWith('urn:ringback:', 'must start with urn:ringback:')),
    type,
    datacontenttype: z.literal('application/json', 'must be "application/json"'),
    data,
  });

/** An event of another system on our bus; CloudEvents allows attributes of its own beside the known ones. */
export const foreignEvent = <Type extends z.ZodMiniType<string>, Data extends z.ZodMiniType>(type: Type, data: Data) =>
  z.object({
    ...envelope,
    source: z.string('must be text').check(z.minLength(1, 'must not be empty'), z.maxLength(500)),
    type,
    datacontenttype: z.optional(z.literal('application/json', 'must be "application/json"')),
    data,
  });
