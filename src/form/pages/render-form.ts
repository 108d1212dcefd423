import type { Lines } from '../../../events/lines/schema.ts';
import type { Slots } from '../../../events/slots/schema.ts';
import { type FieldErrors, type FormValues, countryName, wordingIn } from '../answers.ts';
import { fill } from '../strings/fill.ts';
import { waitText } from '../times.ts';
import { checkField, hiddenField, selectField, textArea, textField } from './fields.ts';
import { slotValue } from './form-post.ts';
import { type HtmlPart, html } from './html.ts';
import { renderPage } from './page.ts';
import type { PageLanguage } from './page-language.ts';
import { slotField } from './slot-field.ts';

export interface FormPageOptions {
  readonly lines: Lines;
  readonly language: PageLanguage;
  readonly values: Partial<FormValues>;
  readonly errors?: FieldErrors;
  /** What went wrong with the request as a whole. */
  readonly problem?: string | undefined;
  /** Free times of the chosen line, where the person has asked for one. */
  readonly slots?: Slots | undefined;
  /** Seconds that people wait now, by the name of the line; nothing of those that nobody knows. */
  readonly waits?: ReadonlyMap<string, number>;
  /** New for every page; see {@link PostedForm}. */
  readonly key: string;
  /** When the form was first shown; what comes at once comes from a program. */
  readonly shownAtMs: number | undefined;
}

/** The form as a plain page: the element's fields and texts, checked by the browser and the server only. */
export function renderForm(options: FormPageOptions): string {
  const { lines, language, errors = new Map(), problem } = options;
  const { strings, pages } = language;
  const isRefused = errors.size > 0 || problem !== undefined;
  return renderPage({
    language,
    title: strings.title,
    titlePrefix: isRefused ? pages.problem : undefined,
    organization: lines.organization,
    content: html`<p>${fill(strings.intro, { organization: lines.organization })}</p>
${isRefused && html`<div class="summary" role="alert"><p class="error">${problem ?? strings.fixErrors}</p></div>`}
<form method="post" action="/v1/callbacks">
${hiddenField('key', options.key)}
${hiddenField('lang', language.tag)}
${hiddenField('consentVersion', lines.consent.version)}
${hiddenField('consentLanguage', wordingIn(lines.consent.wording, language.tag)[0])}
${screenFields(options)}
${whoAndWhat(options)}
${whenFields(options)}
${reasonAndConsent(options)}
<button type="submit">${strings.submit}</button>
</form>`,
  });
}

/** For the abuse screen: when the form was shown, and a field that only programs fill in. */
const screenFields = ({ language, shownAtMs }: FormPageOptions): HtmlPart => html`${
  shownAtMs !== undefined && hiddenField('shownAt', String(shownAtMs))
}<div class="unseen" aria-hidden="true"><label for="website">${language.pages.leaveEmpty}</label>
<input id="website" name="website" type="text" value="" tabindex="-1" autocomplete="off"></div>`;

function whoAndWhat({ lines, language, values, errors }: FormPageOptions): HtmlPart {
  const { strings, tag } = language;
  const topics = lines.lines.map(({ name, topic }) => ({ value: name, text: topic }));
  const countries = lines.countries.map(({ code }) => ({ value: code, text: countryName(code, tag) }));
  const only = (choices: typeof topics): string | undefined => (choices.length === 1 ? choices[0]?.value : undefined);
  const [onlyLine, onlyCountry] = [only(topics), only(countries)];
  return html`${
    onlyLine
      ? hiddenField('line', onlyLine)
      : selectField({
          name: 'line',
          label: strings.topic,
          choices: topics,
          chosen: values.line ?? '',
          error: errors?.get('line'),
        })
  }
${textField({
  name: 'name',
  label: strings.name,
  value: values.name ?? '',
  lengthMax: 100,
  autocomplete: 'name',
  optional: strings.optional,
  error: errors?.get('name'),
})}
${
  onlyCountry
    ? hiddenField('country', onlyCountry)
    : selectField({
        name: 'country',
        label: strings.country,
        choices: countries,
        chosen: values.country ?? '',
        error: errors?.get('country'),
      })
}
${textField({
  name: 'phone',
  label: strings.phone,
  type: 'tel',
  value: values.phone ?? '',
  lengthMax: 40,
  autocomplete: 'tel',
  hint: strings.phoneHint,
  error: errors?.get('phone'),
})}`;
}

/** The times depend on the topic, so they are shown on the next page, once a topic is chosen and a time is wanted. */
function whenFields(options: FormPageOptions): HtmlPart {
  const { lines, language, values, errors, slots } = options;
  const { strings, pages } = language;
  const waits = waitHint(options);
  if (!lines.lines.some((line) => line.slots)) return waits && html`<p class="hint">${waits}</p>`;
  const isSlot = values.when !== 'now' && 'when' in values;
  const chosen = typeof values.when === 'object' ? slotValue(values.when) : '';
  const isChoosing = isSlot && slots !== undefined && slots.slots.length > 0;
  return html`<fieldset><legend>${strings.when}</legend>
${checkField('radio', {
  id: 'when-now',
  name: 'when',
  value: 'now',
  label: strings.whenNow,
  isChecked: !isSlot,
  hint: waits,
})}
${checkField('radio', {
  id: 'when-slot',
  name: 'when',
  value: 'slot',
  label: strings.whenSlot,
  isChecked: isSlot,
  hint: isChoosing ? pages.chooseTimeNow : slots ? undefined : pages.chooseTimeNext,
  error: isChoosing ? undefined : isSlot && slots ? strings.slotsNone : errors?.get('when'),
})}
${isChoosing && slotField({ language, slots, chosen, error: errors?.get('when'), isNext: !errors?.size })}</fieldset>`;
}

/** How long people wait now, by topic where there are several. */
function waitHint({ lines, language, waits }: FormPageOptions): string | undefined {
  const { strings, pages, tag } = language;
  const told = lines.lines.flatMap(({ name, topic }) => {
    const waitSeconds = waits?.get(name);
    if (waitSeconds === undefined) return [];
    const wait = fill(strings.waitNow, { wait: waitText(waitSeconds, tag) });
    return [lines.lines.length === 1 ? wait : fill(pages.waitOn, { topic, wait })];
  });
  return told.length > 0 ? told.join(' ') : undefined;
}

function reasonAndConsent({ lines, language, values, errors }: FormPageOptions): HtmlPart {
  const { strings, tag } = language;
  const [wordingLanguage, wording] = wordingIn(lines.consent.wording, tag);
  return html`${textArea({
    name: 'reason',
    label: strings.reason,
    value: values.reason ?? '',
    lengthMax: 500,
    hint: strings.reasonHint,
    optional: strings.optional,
    error: errors?.get('reason'),
  })}
${checkField('checkbox', {
  id: 'consent',
  name: 'consent',
  value: 'yes',
  label: wording,
  labelLanguage: wordingLanguage,
  isChecked: values.consented ?? false,
  isRequired: true,
  error: errors?.get('consent'),
})}`;
}
