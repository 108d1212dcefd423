import { type HtmlPart, html } from './html.ts';

export interface Choice {
  readonly value: string;
  readonly text: string;
}

interface Named {
  /** Name and id of the control. */
  readonly name: string;
  readonly label: HtmlPart;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  /** The word that marks an answer as optional; without it the answer is required. */
  readonly optional?: string | undefined;
}

/** A labelled control. `control` gets the attributes that tie it to its label, hint and error. */
function field({ name, label, hint, error, optional }: Named, control: (attributes: HtmlPart) => HtmlPart) {
  const described = [error && `${name}-error`, hint && `${name}-hint`].filter(Boolean).join(' ');
  const attributes = html`id="${name}" name="${name}"${described && html` aria-describedby="${described}"`}${
    error && html` aria-invalid="true"`
  }${!optional && html` required`}`;
  return html`<div class="field">
<label for="${name}">${label}${optional && html` <span>(${optional})</span>`}</label>
${control(attributes)}
${error && html`<p class="error" id="${name}-error">${error}</p>`}
${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
</div>`;
}

export interface TextField extends Named {
  readonly value: string;
  readonly type?: 'text' | 'tel';
  readonly autocomplete?: string;
  readonly lengthMax: number;
}

export const textField = (options: TextField): HtmlPart =>
  field(
    options,
    (attributes) =>
      html`<input ${attributes} type="${options.type ?? 'text'}" value="${options.value}" maxlength="${options.lengthMax}"${
        options.autocomplete && html` autocomplete="${options.autocomplete}"`
      }>`,
  );

export const textArea = (options: TextField): HtmlPart =>
  field(
    options,
    // A line break right after the tag belongs to the markup, so that one that was typed is kept.
    (attributes) => html`<textarea ${attributes} rows="3" maxlength="${options.lengthMax}">
${options.value}</textarea>`,
  );

export interface SelectField extends Named {
  readonly choices: readonly Choice[];
  readonly chosen: string;
  /** Words of a first choice that chooses nothing, so that nobody sends what stands first without having looked. */
  readonly prompt?: string;
  /** Whether the page opens with the cursor here: what is to be done next. */
  readonly isNext?: boolean;
}

export const selectField = (options: SelectField): HtmlPart =>
  field(
    options,
    (attributes) =>
      html`<select ${attributes}${options.isNext && html` autofocus`}>${
        options.prompt && html`<option value="">${options.prompt}</option>`
      }${options.choices.map(
        ({ value, text }) =>
          html`<option value="${value}"${value === options.chosen && html` selected`}>${text}</option>`,
      )}</select>`,
  );

export interface Checkable {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly label: string;
  readonly isChecked: boolean;
  readonly error?: string | undefined;
  readonly hint?: string | undefined;
  /** Language of the label, where it is another one than the page's. */
  readonly labelLanguage?: string;
  readonly isRequired?: boolean;
}

/** A checkbox or radio button with its label after it. */
export const checkField = (type: 'checkbox' | 'radio', options: Checkable): HtmlPart => {
  const { id, error, hint, labelLanguage } = options;
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ');
  return html`<div class="field">
<div class="check">
<input type="${type}" id="${id}" name="${options.name}" value="${options.value}"${options.isChecked && html` checked`}${
    options.isRequired && html` required`
  }${described && html` aria-describedby="${described}"`}${error && html` aria-invalid="true"`}>
<label for="${id}"${labelLanguage && html` lang="${labelLanguage}" dir="auto"`}>${options.label}</label>
</div>
${error && html`<p class="error" id="${id}-error">${error}</p>`}
${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
</div>`;
};

export const hiddenField = (name: string, value: string): HtmlPart =>
  html`<input type="hidden" name="${name}" value="${value}">`;
