import * as z from 'zod/mini';
import { isTimeZone } from '../../src/numbering/time-zone.ts';

/** Enough for a form to show; a person looks at a few days, not at a month. */
const daysMax = 14;

/** Query of `GET /v1/lines/{line}/slots`. */
export const SlotsQuerySchema = z.object({
  from: z.optional(z.iso.date('must be a date such as 2026-11-23')),
  days: z._default(
    z.coerce
      .number(`must be a number from 1 to ${daysMax}`)
      .check(
        z.int(`must be a number from 1 to ${daysMax}`),
        z.gte(1, `must be at least 1`),
        z.lte(daysMax, `must be at most ${daysMax}`),
      ),
    7,
  ),
  timeZone: z
    .string('must be given as an IANA time zone such as America/Los_Angeles')
    .check(z.refine(isTimeZone, 'must be an IANA time zone such as America/Los_Angeles')),
});
