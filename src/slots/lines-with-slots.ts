import type { Line } from '../settings/schema.ts';
import type { SlotLine } from './bookable.ts';
import type { SlotSettings } from './slot-settings.ts';

type AnyLine = Pick<Line, 'hours'> & {
  readonly audience?: Line['audience'] | undefined;
  readonly slots?: SlotSettings | undefined;
};

/** What makes the slots of a line; undefined where it has none. */
export const slotLineOf = ({ hours, slots }: AnyLine): SlotLine | undefined =>
  hours && slots ? { hours, slots } : undefined;

/** The public lines that have slots. */
export function linesWithSlots(lines: Readonly<Record<string, AnyLine>>): Readonly<Record<string, SlotLine>> {
  return Object.fromEntries(
    Object.entries(lines).flatMap(([name, line]) => {
      const slotLine = line.audience === 'operators' ? undefined : slotLineOf(line);
      return slotLine ? [[name, slotLine]] : [];
    }),
  );
}
