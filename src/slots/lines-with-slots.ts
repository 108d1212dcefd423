import type { Line } from '../settings/schema.ts';
import type { SlotLine } from './bookable.ts';
import type { SlotSettings } from './slot-settings.ts';

/** The lines that have both hours and slots. */
export function linesWithSlots(
  lines: Readonly<Record<string, Pick<Line, 'hours'> & { readonly slots?: SlotSettings | undefined }>>,
): Readonly<Record<string, SlotLine>> {
  return Object.fromEntries(
    Object.entries(lines).flatMap(([name, { hours, slots }]) => (hours && slots ? [[name, { hours, slots }]] : [])),
  );
}
