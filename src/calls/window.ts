import { Temporal } from 'temporal-polyfill';
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

/** The instants of a wished slot. Where a clock change skips or repeats the hour, the earlier reading counts. */
export function windowOf(
  wish: SlotWish,
  timeZone: string,
  nowMs: EpochMs,
): Result<{ fromMs: EpochMs; toMs: EpochMs }, FieldError> {
  const date = Temporal.PlainDate.from(wish.date);
  const instantOf = (time: string): EpochMs =>
    date.toPlainDateTime(Temporal.PlainTime.from(time)).toZonedDateTime(timeZone, { disambiguation: 'compatible' })
      .epochMilliseconds;
  const fromMs = instantOf(wish.from);
  const toMs = instantOf(wish.to);
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
