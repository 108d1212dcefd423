import type { Lines } from '../../../events/lines/schema.ts';
import type { FormValues } from '../answers.ts';
import { dayName, timeSpan, zoneName } from '../times.ts';
import { hiddenField } from './fields.ts';
import { slotValue, type PostedForm } from './form-post.ts';
import { type HtmlPart, html } from './html.ts';
import { renderPage } from './page.ts';
import type { PageLanguage } from './page-language.ts';

export interface ConfirmationPageOptions {
  readonly lines: Lines;
  readonly language: PageLanguage;
  readonly posted: PostedForm;
  /** The number as it was understood, for people to read. */
  readonly number: string;
  /** Goes back with the button; see {@link signConfirmation}. */
  readonly confirmation: string;
}

/** Shows what will happen before it does: without JavaScript there is no solved challenge to tell a person from a program. */
export function renderConfirmation({ lines, language, posted, number, confirmation }: ConfirmationPageOptions): string {
  const { pages, strings } = language;
  const { values } = posted;
  const topic = lines.lines.find(({ name }) => name === values.line)?.topic ?? values.line;
  const row = (term: string, text: HtmlPart): HtmlPart => html`<div><dt>${term}</dt><dd>${text}</dd></div>`;
  return renderPage({
    language,
    title: pages.confirmTitle,
    organization: lines.organization,
    content: html`<p>${pages.confirmIntro}</p>
<dl>${row(pages.confirmPhone, html`<bdi dir="ltr">${number}</bdi>`)}${row(pages.topic, topic)}${row(
      strings.when,
      whenText(values, language),
    )}${values.name && row(strings.name, values.name)}</dl>
<form method="post" action="/v1/callbacks">
${keptFields(posted)}
${hiddenField('lang', language.tag)}
${hiddenField('confirmation', confirmation)}
<div class="buttons">
<button type="submit">${pages.confirmYes}</button>
<button type="submit" class="quiet" name="change" value="yes">${pages.confirmChange}</button>
</div>
</form>`,
  });
}

function whenText({ when }: FormValues, { strings, tag }: PageLanguage): string {
  if (typeof when !== 'object') return strings.whenNow;
  const zone = zoneName(Date.parse(when.date), when.timeZone, tag);
  return `${dayName(when.date, tag)}, ${timeSpan(when.from, when.to, tag)} (${zone})`;
}

/** The answers, on their way through the page. */
function keptFields({ values, consent, key, shownAtMs }: PostedForm): HtmlPart {
  const { when } = values;
  const slot = typeof when === 'object' ? when : undefined;
  return [
    hiddenField('line', values.line),
    hiddenField('name', values.name),
    hiddenField('country', values.country),
    hiddenField('phone', values.phone),
    hiddenField('when', slot ? 'slot' : 'now'),
    slot && hiddenField('slot', slotValue(slot)),
    slot && hiddenField('timeZone', slot.timeZone),
    hiddenField('reason', values.reason),
    hiddenField('consent', values.consented ? 'yes' : ''),
    hiddenField('consentVersion', consent.version),
    consent.language !== undefined && hiddenField('consentLanguage', consent.language),
    hiddenField('key', key),
    shownAtMs !== undefined && hiddenField('shownAt', String(shownAtMs)),
  ];
}
