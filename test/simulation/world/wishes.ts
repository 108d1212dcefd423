import type { RequestCallCommand } from '../../../src/calls/request-call.ts';
import { type SlotLine, bookableSlots } from '../../../src/slots/bookable.ts';
import { slotLineOf } from '../../../src/slots/lines-with-slots.ts';
import { localSlot } from '../../../src/slots/local-slot.ts';
import type { World } from './world.ts';
import { localDate, localHour, placeOf } from './zones.ts';

const clockTime = (minuteOfDay: number): string =>
  `${String(Math.floor(minuteOfDay / 60)).padStart(2, '0')}:${String(minuteOfDay % 60).padStart(2, '0')}`;

/** "Now" or an hour of today or tomorrow, some of them at the edge of what is lawful. */
export function drawWish(world: World, number: string, line: string): RequestCallCommand['when'] {
  const chance = world.chances.people;
  const isHandedOver = world.handsOver.includes(line);
  if (chance.chance(isHandedOver ? 0.15 : 0.3)) return 'now';
  const slotLine = slotLineOf(world.settings.lines[line] ?? {});
  if (slotLine && chance.chance(0.95)) return drawSlot(world, number, slotLine, isHandedOver ? 3 : 1);
  const place = placeOf(number);
  const nowMs = world.engine.nowMs;
  const today = localHour(place, nowMs) < 19;
  const fromHour = today ? Math.ceil(localHour(place, nowMs)) + chance.int(0, 2) : chance.int(8, 20);
  const dayMs = today ? nowMs : nowMs + 86_400_000;
  const fromMinute = Math.min(fromHour, 23) * 60;
  // A minute is not much to call somebody in: such wishes end while the call is on its way.
  const minutes = chance.chance(0.2) ? chance.int(1, 2) : chance.int(1, 2) * 60;
  const toMinute = Math.min(fromMinute + minutes, 24 * 60 - 1);
  return { date: localDate(place, dayMs), from: clockTime(fromMinute), to: clockTime(toMinute) };
}

/** One of the next slots, which are soon full; in the zone of the number. */
function drawSlot(world: World, number: string, line: SlotLine, last: number): RequestCallCommand['when'] {
  const nowMs = world.engine.nowMs;
  const slots = bookableSlots(line, { fromMs: nowMs, toMs: nowMs + 7 * 86_400_000 }, nowMs);
  const slot = slots[world.chances.people.int(0, Math.min(last, slots.length - 1))];
  return (slot && localSlot(slot, placeOf(number).timeZone)) ?? 'now';
}
