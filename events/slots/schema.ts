import * as z from 'zod/mini';

const ClockTimeSchema = z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 10:00'));

/** A bookable time, in the zone of the answer; `POST /v1/callbacks` takes it as `when`. */
export const SlotSchema = z
  .strictObject({
    date: z.iso.date('must be a date such as 2026-11-23'),
    from: ClockTimeSchema,
    to: ClockTimeSchema,
  })
  .check(z.refine((slot) => slot.from < slot.to, { path: ['to'], error: 'must be later than from' }));

/** Answer to `GET /v1/lines/{line}/slots`: what is free, in order of time. */
export const SlotsSchema = z.strictObject({
  /** IANA zone that the slots are told in. */
  timeZone: z.string().check(z.minLength(1), z.maxLength(60)),
  slots: z.array(SlotSchema),
});

export type Slot = z.output<typeof SlotSchema>;
export type Slots = z.output<typeof SlotsSchema>;
