import type { Slot } from '../../events/slots/schema.ts';
import { windowOf } from '../calls/window.ts';
import { zoneClock } from '../policy/zone-clock.ts';
import type { SlotSpan } from './slot-grid.ts';

/**
 * A slot as a person's clock shows it. Undefined where it cannot be told as a date with two times: it crosses midnight
 * there, or a clock change makes the same times mean another hour.
 */
export function localSlot({ fromMs, toMs }: SlotSpan, timeZone: string): Slot | undefined {
  const [from, to] = [localText(fromMs, timeZone), localText(toMs, timeZone)];
  if (from.date !== to.date) return undefined;
  const slot: Slot = { date: from.date, from: from.time, to: to.time };
  if (slot.from >= slot.to) return undefined;
  // What is shown must come back as the same instants when it is sent.
  const back = windowOf(slot, timeZone, fromMs);
  return back.ok && back.value.fromMs === fromMs && back.value.toMs === toMs ? slot : undefined;
}

function localText(atMs: number, timeZone: string): { readonly date: string; readonly time: string } {
  const local = new Date(atMs + zoneClock(timeZone).segmentAt(atMs).offsetMs).toISOString();
  return { date: local.slice(0, 10), time: local.slice(11, 16) };
}
