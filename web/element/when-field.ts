import type { Slots } from '../../events/slots/schema.ts';
import type { WhenChoice } from '../../src/form/answers.ts';
import type { FormLanguage } from '../../src/form/language.ts';
import { fill } from '../../src/form/strings/fill.ts';
import { type Field, createField, createSelect, fillSelect } from './field.ts';
import { h } from './h.ts';
import { dayName, timeSpan, zoneName } from '../../src/form/times.ts';

export interface WhenField extends Pick<Field, 'root' | 'setError' | 'focus'> {
  /** Undefined where a time is wanted but none is chosen. */
  read(): WhenChoice | undefined;
  /** Asks for the free times again: another line was chosen, or somebody else took one. */
  renew(offersSlots: boolean): Promise<void>;
}

export interface WhenFieldOptions {
  readonly language: FormLanguage;
  readonly initial: WhenChoice | undefined;
  /** Undefined where the times cannot be had. */
  readonly loadSlots: () => Promise<Slots | undefined>;
}

/** "As soon as possible", or a day and a time. The times are asked for only when somebody wants one. */
export function createWhenField({ language: { strings, tag }, initial, loadSlots }: WhenFieldOptions): WhenField {
  const wished = typeof initial === 'object' ? initial : undefined;
  const now = createRadio('now', strings.whenNow, !wished);
  const later = createRadio('slot', strings.whenSlot, wished !== undefined);
  const day = createField({ name: 'day', label: strings.day, control: createSelect([], undefined) });
  const time = createField({ name: 'time', label: strings.time, control: createSelect([], undefined) });
  const pickers = h('div', { class: 'pair', hidden: true }, day.root, time.root);
  const note = h('p', { part: 'hint', 'aria-live': 'polite' });
  const slots = h('div', { class: 'slots', hidden: true }, pickers, note);
  const root = h('fieldset', {}, h('legend', { part: 'label' }, strings.when), now.root, later.root, slots);
  let free: Slots | undefined;
  let question = 0;

  const showTimes = (): void => {
    const times = (free?.slots ?? []).filter(({ date }) => date === day.control.value);
    const choices = times.map(({ from, to }) => ({ value: from, text: timeSpan(from, to, tag) }));
    fillSelect(time.control, choices, time.control.value || wished?.from);
  };
  const showDays = (): void => {
    const dates = [...new Set(free?.slots.map(({ date }) => date))];
    const choices = dates.map((date) => ({ value: date, text: dayName(date, tag) }));
    fillSelect(day.control, choices, day.control.value || wished?.date);
    showTimes();
    pickers.hidden = dates.length === 0;
    if (!free) note.textContent = strings.slotsFailed;
    else if (dates.length === 0) note.textContent = strings.slotsNone;
    else note.textContent = fill(strings.timesIn, { zone: zoneName(Date.now(), free.timeZone, tag) });
  };
  const load = async (): Promise<void> => {
    slots.hidden = !later.control.checked;
    const asked = ++question;
    if (slots.hidden) return;
    pickers.hidden = true;
    note.textContent = strings.slotsLoading;
    const answer = await loadSlots();
    if (asked !== question) return;
    free = answer;
    showDays();
  };
  const target = (): Field => (pickers.hidden ? later : time);
  const setError = (text: string | undefined): void => {
    for (const field of [later, time]) field.setError(field === target() ? text : undefined);
  };
  const choose = (): void => {
    setError(undefined);
    void load();
  };
  now.control.addEventListener('change', choose);
  later.control.addEventListener('change', choose);
  day.control.addEventListener('change', () => {
    setError(undefined);
    showTimes();
  });
  time.control.addEventListener('change', () => setError(undefined));

  return {
    root,
    read: () => {
      if (!later.control.checked) return 'now';
      const slot = free?.slots.find(({ date, from }) => date === day.control.value && from === time.control.value);
      return free && slot ? { ...slot, timeZone: free.timeZone } : undefined;
    },
    focus: () => target().focus(),
    setError,
    renew: async (offersSlots) => {
      root.hidden = !offersSlots;
      if (!offersSlots) now.control.checked = true;
      await load();
    },
  };
}

function createRadio(value: string, label: string, isChecked: boolean): Field<HTMLInputElement> {
  const control = h('input', { type: 'radio', part: 'radio', value });
  control.checked = isChecked;
  const field = createField({ name: `when-${value}`, label, control, isChoice: true });
  control.name = 'when';
  return field;
}
