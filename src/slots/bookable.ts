import type { LineHours } from '../policy/types.ts';
import type { EpochMs } from '../shared/clock.ts';
import { type SlotSpan, slotGrid } from './slot-grid.ts';
import type { SlotSettings } from './slot-settings.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** The part of a line that makes slots. */
export interface SlotLine {
  readonly hours: LineHours;
  readonly slots: SlotSettings;
}

/** The slots of a line that may be booked now and begin in a span, whoever has booked them already. */
export function bookableSlots({ hours, slots }: SlotLine, span: SlotSpan, nowMs: EpochMs): readonly SlotSpan[] {
  return slotGrid(
    { hours, slotMinutes: slots.minutes },
    {
      fromMs: Math.max(span.fromMs, nowMs + slots.leadMinutes * minuteMs),
      toMs: Math.min(span.toMs, nowMs + slots.daysAhead * dayMs),
    },
  );
}

/** Whether a wished window is exactly one of the bookable slots. */
export const isBookable = (line: SlotLine, { fromMs, toMs }: SlotSpan, nowMs: EpochMs): boolean =>
  bookableSlots(line, { fromMs, toMs: fromMs + 1 }, nowMs).some((slot) => slot.toMs === toMs);

/** Names a slot in the counters. The instant is the slot: two people in two zones book the same one. */
export const slotKey = (line: string, fromMs: EpochMs): string => `SLOT#${line}#${new Date(fromMs).toISOString()}`;
