import type { Slots } from '../../events/slots/schema.ts';
import { zoneOfNumber } from '../numbering/candidates.ts';
import { type ListSlotsDeps, listSlots } from './list-slots.ts';

/** Who wants to choose a time on a page that no browser has told a zone. */
export interface TimesQuery {
  readonly line: string;
  /** E.164; undefined where what was typed is no number yet. */
  readonly number: string | undefined;
  /** What a browser told at another time. */
  readonly timeZone?: string | undefined;
}

/** Days that a page offers at once. */
const daysShown = 7;

/**
 * The free times of a line, in the zone that the person most likely lives by: the browser's, else the number's where it rings
 * in one zone only, else the line's. No times where the line has no slots.
 */
export async function timesForPerson(
  deps: ListSlotsDeps,
  { line, number, timeZone: told }: TimesQuery,
): Promise<Slots | undefined> {
  const slotLine = Object.hasOwn(deps.lines, line) ? deps.lines[line] : undefined;
  if (!slotLine) return undefined;
  const timeZone = told ?? zoneOfNumber(number) ?? slotLine.hours.timeZone;
  const evidence = number === undefined ? undefined : { number, ...(told && { browserTimeZone: told }) };
  const listed = await listSlots(deps, { line, days: daysShown, timeZone, evidence });
  return listed.ok ? listed.value : undefined;
}
