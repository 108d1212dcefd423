import type { CallbackAccepted } from '../../events/callback-accepted/schema.ts';
import type { FormLanguage } from '../../src/form/language.ts';
import { fill } from '../../src/form/strings/fill.ts';
import { h } from './h.ts';
import { momentIn, zoneName } from '../../src/form/times.ts';
import { personZone } from './person-zone.ts';

/** A call that is due within this time is told as "as soon as somebody is free". */
const soonMs = 120_000;

export interface AcceptedViewOptions {
  readonly accepted: CallbackAccepted;
  /** As it was typed. */
  readonly phone: string;
  readonly language: FormLanguage;
  readonly onCancel: () => void;
  readonly onAgain: () => void;
}

/** What a result shows, with the heading that takes the focus. */
export interface ResultView {
  readonly root: HTMLElement;
  readonly heading: HTMLElement;
}

/** What will happen and when, in the person's zone; and for who asked first, how to change it. */
export function createAcceptedView({ accepted, phone, language, onCancel, onAgain }: AcceptedViewOptions): ResultView {
  const { strings } = language;
  const { manageUrl } = accepted;
  const cancel = cancelControl(language, onCancel);
  return resultView(
    strings.acceptedTitle,
    h('p', {}, whatWillHappen(accepted, phone, language)),
    h('p', {}, manageUrl ? strings.acceptedAdvice : strings.acceptedRepeat),
    manageUrl ? h('p', {}, h('a', { part: 'link', href: manageUrl }, strings.manage)) : undefined,
    manageUrl ? h('p', { part: 'hint' }, strings.manageAdvice) : undefined,
    manageUrl ? cancel : undefined,
    secondaryButton(strings.again, onAgain),
  );
}

export const createCancelledView = ({ strings }: FormLanguage, onAgain: () => void): ResultView =>
  resultView(strings.cancelledTitle, h('p', {}, strings.cancelled), secondaryButton(strings.again, onAgain));

/** Somebody else has to confirm it: the call is not cancelled yet. */
export const createCancelPendingView = (
  { strings }: FormLanguage,
  manageUrl: string,
  onAgain: () => void,
): ResultView =>
  resultView(
    strings.cancelPendingTitle,
    h('p', {}, strings.cancelPending),
    h('p', {}, h('a', { part: 'link', href: manageUrl }, strings.manage)),
    secondaryButton(strings.again, onAgain),
  );

function whatWillHappen({ callAfter }: CallbackAccepted, typed: string, { strings, tag }: FormLanguage): string {
  // Isolated from left to right, so that the plus sign stays in front in Arabic too.
  const phone = `\u2066${typed}\u2069`;
  const atMs = Date.parse(callAfter);
  const zone = personZone();
  if (atMs - Date.now() <= soonMs) return fill(strings.acceptedNow, { phone });
  return fill(strings.acceptedLater, { phone, time: momentIn(atMs, zone, tag), zone: zoneName(atMs, zone, tag) });
}

/** Asks once more in place: a call is not cancelled by a slip of the finger. */
function cancelControl({ strings }: FormLanguage, onCancel: () => void): HTMLElement {
  const question = h('p', { id: 'cancel-sure' }, strings.cancelSure);
  const yes = h('button', { type: 'button', part: 'button', 'aria-describedby': 'cancel-sure' }, strings.cancelYes);
  const no = secondaryButton(strings.cancelNo, () => ask(false));
  const sure = h('div', { hidden: true, class: 'sure' }, question, h('div', { class: 'buttons' }, yes, no));
  const first = secondaryButton(strings.cancel, () => ask(true));
  const ask = (isAsking: boolean): void => {
    sure.hidden = !isAsking;
    first.hidden = isAsking;
    (isAsking ? yes : first).focus();
  };
  yes.addEventListener('click', onCancel);
  return h('div', {}, first, sure);
}

function secondaryButton(text: string, onClick: () => void): HTMLButtonElement {
  const button = h('button', { type: 'button', part: 'button-secondary' }, text);
  button.addEventListener('click', onClick);
  return button;
}

function resultView(title: string, ...children: ReadonlyArray<Node | undefined>): ResultView {
  const heading = h('h2', { id: 'title', part: 'title', tabindex: -1 }, title);
  return { heading, root: h('section', { part: 'result', 'aria-labelledby': 'title' }, heading, ...children) };
}
