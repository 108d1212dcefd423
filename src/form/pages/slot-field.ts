import type { Slots } from '../../../events/slots/schema.ts';
import { fill } from '../strings/fill.ts';
import { dayName, timeSpan, zoneName } from '../times.ts';
import { hiddenField, selectField } from './fields.ts';
import { slotValue } from './form-post.ts';
import { type HtmlPart, html } from './html.ts';
import type { PageLanguage } from './page-language.ts';

export interface SlotFieldOptions {
  readonly language: PageLanguage;
  readonly slots: Slots;
  /** Value of the choice that was made before. */
  readonly chosen?: string;
  readonly error?: string | undefined;
  readonly isNext?: boolean;
}

/** A list of free times, each with its day, and the zone that they are in. */
export function slotField({ language, slots, chosen = '', error, isNext = false }: SlotFieldOptions): HtmlPart {
  const { strings, pages, tag } = language;
  const choices = slots.slots.map((slot) => ({
    value: slotValue(slot),
    text: `${dayName(slot.date, tag)}, ${timeSpan(slot.from, slot.to, tag)}`,
  }));
  const firstDay = Date.parse(slots.slots[0]?.date ?? '');
  return html`${hiddenField('timeZone', slots.timeZone)}${selectField({
    name: 'slot',
    label: strings.time,
    choices,
    chosen,
    prompt: strings.slotEmpty,
    hint: fill(pages.timesIn, { zone: zoneName(firstDay, slots.timeZone, tag) }),
    error,
    isNext,
  })}`;
}
