import type { CallbackStatus } from '../../../events/callback-status/schema.ts';
import type { Slots } from '../../../events/slots/schema.ts';
import { fill } from '../strings/fill.ts';
import { momentIn, zoneName } from '../times.ts';
import { hiddenField } from './fields.ts';
import { type HtmlPart, html } from './html.ts';
import { renderPage } from './page.ts';
import type { PageLanguage } from './page-language.ts';
import { slotField } from './slot-field.ts';

export interface StatusPageOptions {
  readonly organization: string;
  readonly language: PageLanguage;
  readonly status: CallbackStatus;
  readonly topic: string;
  /** IANA zone of the person, else of the line. */
  readonly timeZone: string;
  readonly manageToken: string;
  /** What became of the last change, or why it could not be made. */
  readonly notice?: { readonly kind: 'done' | 'problem'; readonly text: string } | undefined;
  /** Times that the call can be moved to; undefined where the line has none to choose. */
  readonly slots?: Slots | undefined;
  /** What was wrong with the time that was chosen last. */
  readonly slotError?: string | undefined;
  readonly nowMs: number;
}

/** A call that is due within this time is told as "as soon as somebody is free". */
const soonMs = 120_000;

/** What a person may know about the call, and forms to move or cancel it while that is possible. */
export function renderStatus(options: StatusPageOptions): string {
  const { language, status, notice, topic } = options;
  const { strings, pages } = language;
  const isProblem = notice?.kind === 'problem';
  return renderPage({
    language,
    title: pages.statusTitle,
    titlePrefix: isProblem ? pages.problem : undefined,
    organization: options.organization,
    content: html`${notice && html`<div${isProblem && html` class="summary"`} role="${isProblem ? 'alert' : 'status'}"><p${isProblem && html` class="error"`}>${notice.text}</p></div>`}
<p><strong>${statusText(options)}</strong></p>
<p>${pages.topic}: ${topic}</p>
${isOpen(status) && html`<p class="hint">${pages.refresh}</p>`}
${isChangeable(status) && html`<p class="hint">${pages.keepLink}</p>${moveForms(options)}${cancelForm(options)}`}
${!isOpen(status) && html`<p><a href="/callback?line=${encodeURIComponent(status.line)}&amp;lang=${language.tag}">${strings.again}</a></p>`}`,
  });
}

function statusText({ status, language, timeZone, nowMs }: StatusPageOptions): string {
  const { strings, pages, tag } = language;
  if (status.pending) return status.pending === 'cancel' ? strings.cancelPending : pages.statusMoving;
  switch (status.status) {
    case 'accepted':
    case 'waiting': {
      const atMs = Date.parse(status.callAfter ?? '');
      if (!(atMs - nowMs > soonMs)) return pages.statusWaiting;
      return fill(pages.statusLater, { time: momentIn(atMs, timeZone, tag), zone: zoneName(atMs, timeZone, tag) });
    }
    case 'dialing':
    case 'placed':
      return pages.statusCalling;
    case 'connected':
      return pages.statusConnected;
    case 'unanswered':
      return pages.statusUnanswered;
    case 'completed':
      return pages.statusCompleted;
    case 'ended':
      return pages.statusEnded;
    case 'cancelled':
      return pages.statusCancelled;
    case 'expired':
      return pages.statusExpired;
  }
}

/** Whether a call can still be moved or cancelled. */
export const isChangeable = ({ status, pending }: CallbackStatus): boolean =>
  pending === undefined && ['accepted', 'waiting', 'unanswered'].includes(status);
const isOpen = (status: CallbackStatus): boolean =>
  isChangeable(status) || status.pending !== undefined || ['dialing', 'placed', 'connected'].includes(status.status);

function moveForms(options: StatusPageOptions): HtmlPart {
  const { status, language, slots, slotError, nowMs } = options;
  const { pages } = language;
  const isLater = Date.parse(status.callAfter ?? '') - nowMs > soonMs;
  const hasTimes = slots !== undefined && slots.slots.length > 0;
  if (!isLater && !hasTimes) return undefined;
  return html`<h2>${pages.move}</h2>
${isLater && changeForm(options, 'now', html`<button type="submit" class="quiet">${pages.moveNow}</button>`)}
${
  hasTimes &&
  changeForm(
    options,
    'move',
    html`${slotField({ language, slots, error: slotError })}<button type="submit">${pages.moveSlot}</button>`,
  )
}`;
}

const cancelForm = (options: StatusPageOptions): HtmlPart =>
  html`<h2>${options.language.pages.cancelTitle}</h2>
${changeForm(options, 'cancel', html`<button type="submit" class="quiet">${options.language.strings.cancelYes}</button>`)}`;

/** The token goes in the body: an address is remembered and logged in more places. */
const changeForm = (
  { status, manageToken, language }: StatusPageOptions,
  change: string,
  content: HtmlPart,
): HtmlPart =>
  html`<form method="post" action="/callback/${status.id}">
${hiddenField('token', manageToken)}${hiddenField('lang', language.tag)}${hiddenField('change', change)}
${content}
</form>`;

/** For an address that leads nowhere; a wrong token and an unknown call look the same. */
export function renderNotFound(organization: string, language: PageLanguage): string {
  const { pages } = language;
  return renderPage({
    language,
    title: pages.notFoundTitle,
    organization,
    content: html`<p>${pages.notFound}</p><p><a href="/callback?lang=${language.tag}">${pages.ask}</a></p>`,
  });
}

/** For a request whose number has an open call of somebody else: it is taken, but shows nothing of that call. */
export function renderRepeat(organization: string, language: PageLanguage): string {
  const { pages, strings } = language;
  return renderPage({
    language,
    title: strings.acceptedTitle,
    organization,
    content: html`<p>${pages.statusRepeat}</p>`,
  });
}
