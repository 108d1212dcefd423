import type { Slot } from '../../events/slots/schema.ts';
import { windowOf } from '../calls/window.ts';
import { localParts } from '../policy/zone-clock.ts';
import type { SlotSpan } from './slot-grid.ts';

/**
 * A slot as a person's clock shows it. Undefined where it cannot be told as a date with two times: it crosses midnight
 * there, or a clock change makes the same times mean another hour.
 */
export function localSlot({ fromMs, toMs }: SlotSpan, timeZone: string): Slot | undefined {
  const [from, to] = [localParts(fromMs, timeZone), localParts(toMs, timeZone)];
  if (from.date !== to.date) return undefined;
  const slot: Slot = { date: from.date, from: from.time.slice(0, 5), to: to.time.slice(0, 5) };
  if (slot.from >= slot.to) return undefined;
  // What is shown must come back as the same instants when it is sent.
  const back = windowOf(slot, timeZone, fromMs);
  return back.ok && back.value.fromMs === fromMs && back.value.toMs === toMs ? slot : undefined;
}
