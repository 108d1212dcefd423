import { create, toZonedDateTime } from 'temporal-polyfill/fns/PlainDateTime';
import type { EpochMs } from '../shared/clock.ts';
import type { FieldError } from '../shared/field-error.ts';
import { type Result, fail, ok } from '../shared/result.ts';

/** A wish such as 2026-11-23 from 10:00 to 11:00, in the person's zone. */
export interface SlotWish {
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** `HH:MM` */
  readonly from: string;
  readonly to: string;
}

/** How far ahead a callback can be asked for: Webex's own limit for scheduled callbacks, and the policy's horizon. */
export const bookingDaysMax = 31;

/** What the public is told of a wish in which the policy finds no lawful instant. */
export const unlawfulTime: FieldError = {
  pointer: '/when',
  detail: 'when must be a time at which this number may be called; choose another one.',
};

/** The instants of a wished slot. Where a clock change skips or repeats the hour, the earlier reading counts. */
export function windowOf(
  wish: SlotWish,
  timeZone: string,
  nowMs: EpochMs,
): Result<{ fromMs: EpochMs; toMs: EpochMs }, FieldError> {
  const fromMs = instantOf(wish.date, wish.from, timeZone);
  const toMs = instantOf(wish.date, wish.to, timeZone);
  if (toMs <= nowMs)
    return fail({
      pointer: '/when',
      detail: `when must not be over yet, but ${wish.date} ${wish.to} in ${timeZone} is past.`,
    });
  if (fromMs > nowMs + bookingDaysMax * 86_400_000) {
    return fail({ pointer: '/when/date', detail: `when.date must be at most ${bookingDaysMax} days ahead.` });
  }
  if (toMs <= fromMs)
    return fail({
      pointer: '/when',
      detail: `when must be a span that exists in ${timeZone} on ${wish.date}: the clocks change then.`,
    });
  return ok({ fromMs, toMs });
}

function instantOf(date: string, time: string, timeZone: string): EpochMs {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const [hour, minute] = time.split(':').map(Number);
  return toZonedDateTime(create(year, month, day, hour, minute), timeZone, { disambiguation: 'compatible' })
    .epochMilliseconds;
}
