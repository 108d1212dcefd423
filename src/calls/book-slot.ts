import type { Line } from '../settings/schema.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { FieldError } from '../shared/field-error.ts';
import { type Result, fail, ok } from '../shared/result.ts';
import { isBookable } from '../slots/bookable.ts';
import { slotLineOf } from '../slots/lines-with-slots.ts';
import type { SlotBooking } from '../slots/ports.ts';
import type { SlotSpan } from '../slots/slot-grid.ts';

/** A wish for a time on a line with slots has to be exactly one of them; undefined where the line has none. */
export function bookingOf(
  name: string,
  line: Pick<Line, 'hours' | 'slots'>,
  window: SlotSpan,
  nowMs: EpochMs,
): Result<SlotBooking, FieldError> | undefined {
  const slotLine = slotLineOf(line);
  if (!slotLine) return undefined;
  if (isBookable(slotLine, window, nowMs)) return ok({ ...window, capacity: slotLine.slots.capacity });
  return fail({
    pointer: '/when',
    detail: `when must be "now" or one of the times that GET /v1/lines/${name}/slots lists.`,
  });
}
