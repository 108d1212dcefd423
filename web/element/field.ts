import { h, setAttributes } from './h.ts';

export type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export interface Field<C extends Control = Control> {
  readonly root: HTMLElement;
  readonly control: C;
  /** Shows an error that the control is described by, or takes it away. */
  setError(text: string | undefined): void;
  focus(): void;
  /** Says something about the answer while it is given. */
  setHint(text: string): void;
}

export interface FieldOptions<C extends Control> {
  readonly name: string;
  readonly label: string;
  readonly control: C;
  readonly hint?: string | undefined;
  /** The word that marks an answer as optional; without it the answer is required. */
  readonly optional?: string | undefined;
  /** Whether the hint changes while the answer is given and is then spoken. */
  readonly live?: boolean;
  /** A checkbox or radio button stands before its label and is not marked as required. */
  readonly isChoice?: boolean;
  /** Whether it has to be answered though it is a choice. */
  readonly required?: boolean;
  /** Language of the label, where it is another one than the form's. */
  readonly labelLanguage?: string | undefined;
}

/** A control with its label, hint and error, tied together for assistive technology. */
export function createField<C extends Control>(options: FieldOptions<C>): Field<C> {
  const { name, control, optional, isChoice = false, required = !optional && !isChoice } = options;
  const label = h(
    'label',
    { for: name, part: 'label', lang: options.labelLanguage, dir: options.labelLanguage && 'auto' },
    options.label,
    optional ? h('span', { part: 'optional' }, ` (${optional})`) : undefined,
  );
  const hint = h(
    'p',
    { id: `${name}-hint`, part: 'hint', hidden: !options.hint, 'aria-live': options.live && 'polite' },
    options.hint,
  );
  const error = h('p', { id: `${name}-error`, part: 'error', hidden: true });
  setAttributes(control, { id: name, name, 'aria-required': required ? 'true' : undefined });
  const describe = (): void => {
    const described = [error, hint].filter((part) => !part.hidden).map((part) => part.id);
    setAttributes(control, { 'aria-describedby': described.join(' ') || undefined });
  };
  describe();
  const body = isChoice ? [h('div', { class: 'check' }, control, label)] : [label, control];
  return {
    root: h('div', { part: 'field', class: `field ${name}` }, ...body, error, hint),
    control,
    setError: (text) => {
      error.textContent = text ?? '';
      error.hidden = !text;
      // What a live hint says is in the error already.
      hint.hidden = !hint.textContent || (options.live === true && text !== undefined);
      setAttributes(control, { 'aria-invalid': text ? 'true' : undefined });
      describe();
    },
    focus: () => control.focus(),
    setHint: (text) => {
      hint.textContent = text;
      hint.hidden = !text;
      describe();
    },
  };
}

export function createSelect(
  choices: ReadonlyArray<{ readonly value: string; readonly text: string }>,
  chosen: string | undefined,
): HTMLSelectElement {
  const select = h('select', { part: 'select' });
  fillSelect(select, choices, chosen);
  return select;
}

/** Puts other choices into a select; what was chosen stays so where it is still there. */
export function fillSelect(
  select: HTMLSelectElement,
  choices: ReadonlyArray<{ readonly value: string; readonly text: string }>,
  chosen: string | undefined,
): void {
  select.replaceChildren(...choices.map(({ value, text }) => h('option', { value }, text)));
  if (choices.some(({ value }) => value === chosen)) select.value = chosen ?? '';
}
