import type { CallbackAccepted } from '../../events/callback-accepted/schema.ts';
import type { Lines } from '../../events/lines/schema.ts';
import type { Problem } from '../../events/problem/schema.ts';
import type { RequestCallback } from '../../events/request-callback/schema.ts';
import { type FormLanguage, type StringOverrides, chooseLanguage } from '../../src/form/language.ts';
import { type Answer, RingbackApi } from './api.ts';
import { type FormValues, describeProblem, fieldErrorsOf, toBody, wordingIn } from '../../src/form/answers.ts';
import { type FormView, createFormView } from './form-view.ts';
import { h, setAttributes } from './h.ts';
import { pageSettings } from './page-settings.ts';
import { type ResultView, createAcceptedView, createCancelPendingView, createCancelledView } from './result-view.ts';
import { FormScreen } from './screen-fields.ts';
import { styleSheet } from './styles.ts';
import { SubmissionKey } from './submission-key.ts';
import { personZone } from './person-zone.ts';

/**
 * `<ringback-form line="billing" api="https://…">`: asks for a callback. Attributes: `api`, `line` (chosen at first),
 * `lines` (only these, by name), `country` (chosen at first), `lang`, `theme` (`light`, `dark`, `auto`).
 * Fires `ringback:ready`, `ringback:accepted`, `ringback:rejected`,
 * `ringback:cancelling` and `ringback:cancelled`.
 */
export class RingbackForm extends HTMLElement {
  static readonly observedAttributes = ['api', 'line', 'lines', 'country', 'lang'];

  readonly #content = h('div');
  readonly #alert = h('p', { role: 'alert', part: 'alert' });
  readonly #status = h('p', { role: 'status', part: 'status' });
  readonly #shell = h('div', { class: 'shell', part: 'shell' }, this.#content, this.#alert, this.#status);
  readonly #submission = new SubmissionKey();
  readonly #screen = new FormScreen(() => this.#api);
  #strings: StringOverrides = {};
  #lines: Lines | undefined;
  #view: FormView | undefined;
  /** Makes what is shown instead of the form, in the language of the moment: the manage link in it is told only once. */
  #result: (() => ResultView) | undefined;
  /** Where the form was loaded from. */
  #loadedFrom: string | undefined;
  /** Answers that come for an earlier question are not shown any more. */
  #question = 0;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [styleSheet()];
    root.append(this.#shell);
    root.addEventListener('focusin', () => this.#screen.begin(), { once: true });
  }

  /** Texts by language, over the built-in ones and those of `window.ringback.strings`. */
  get strings(): StringOverrides {
    return this.#strings;
  }

  set strings(strings: StringOverrides) {
    this.#strings = strings;
    this.#showForm(this.#view?.read() ?? {});
  }

  connectedCallback(): void {
    if (this.#loadedFrom !== this.#apiUrl) void this.#load();
    // It was moved: its new place may be in another language.
    else this.#showForm(this.#view?.read() ?? {});
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (!this.isConnected || before === now) return;
    if (name === 'api') void this.#load();
    else this.#showForm({ ...this.#view?.read(), ...(name !== 'lang' && { [name]: now ?? undefined }) });
  }

  get #apiUrl(): string {
    return this.getAttribute('api') ?? pageSettings().api ?? '';
  }

  get #api(): RingbackApi {
    return new RingbackApi(this.#apiUrl);
  }

  get #language(): FormLanguage {
    const page = this.closest<HTMLElement>('[lang]')?.lang;
    return chooseLanguage(page ? [page] : navigator.languages, { ...pageSettings().strings, ...this.#strings });
  }

  async #load(): Promise<void> {
    const { strings } = this.#language;
    const question = ++this.#question;
    this.#loadedFrom = this.#apiUrl;
    const known = pageSettings().form;
    if (!known) this.#announce(strings.loading);
    const answer: Answer<Lines> = known ? { outcome: 'answered', value: known } : await this.#api.lines();
    if (question !== this.#question) return;
    this.#announce('');
    if (answer.outcome !== 'answered') {
      if (!this.#result) this.#showUnavailable();
      return;
    }
    this.#lines = answer.value;
    this.#showForm(this.#view?.read() ?? {});
    this.#fire('ringback:ready', { lines: this.#offered(answer.value).lines.map(({ name }) => name) });
  }

  #showUnavailable(): void {
    const { strings } = this.#language;
    const retry = h('button', { type: 'button', part: 'button' }, strings.retry);
    retry.addEventListener('click', () => void this.#load());
    this.#show(h('section', {}, h('p', {}, strings.unavailable), retry));
  }

  /** Makes the form anew; where a result is shown, it stays before the form until another call is asked for. */
  #showForm(values: Partial<FormValues>): void {
    if (!this.#lines) return;
    const lines = this.#offered(this.#lines);
    const initial = { line: this.getAttribute('line') ?? '', country: this.getAttribute('country') ?? '', ...values };
    const onSubmit = (sent: FormValues): void => void this.#submit(sent, lines);
    const api = this.#api;
    this.#view = createFormView({
      lines,
      language: this.#language,
      initial,
      loadSlots: async (line) => valueOf(await api.slots(line, personZone() ?? 'UTC')),
      loadWait: async (line) => {
        const wait = valueOf(await api.wait(line));
        return wait?.known ? wait.waitSeconds : undefined;
      },
      onSubmit,
    });
    if (this.#result) this.#renewResult(this.#result);
    else this.#show(this.#view.root);
  }

  /** The lines that the `lines` attribute leaves, all where it names none that there is. */
  #offered(lines: Lines): Lines {
    const wanted = this.getAttribute('lines')?.split(/[\s,]+/) ?? [];
    const offered = lines.lines.filter(({ name }) => wanted.includes(name));
    return offered.length > 0 ? { ...lines, lines: offered } : lines;
  }

  async #submit(values: FormValues, lines: Lines): Promise<void> {
    const { strings } = this.#language;
    const { version, wording } = lines.consent;
    const [language] = wordingIn(wording, this.#language.tag);
    const body = toBody(values, { version, language }, personZone());
    this.#view?.setBusy(true);
    this.#announce(strings.sending);
    const answer = await this.#send(body);
    this.#view?.setBusy(false);
    this.#announce('');
    switch (answer.outcome) {
      case 'answered':
        this.#accepted(answer.value, values);
        return;
      case 'problem':
        await this.#rejected(answer.problem, values);
        return;
      case 'unreachable':
        this.#alert.textContent = strings.offline;
    }
  }

  /** What the screen wants is no part of the answers: a repeat with another solved challenge is the same request. */
  async #send(body: RequestCallback): Promise<Answer<CallbackAccepted>> {
    const key = this.#submission.keyFor(JSON.stringify(body));
    const website = this.#view?.readHoneypot();
    const send = async (): Promise<Answer<CallbackAccepted>> =>
      this.#api.request({ ...body, ...(website && { website }), ...(await this.#screen.fields()) }, key);
    const answer = await send();
    const isSpent = answer.outcome === 'problem' && (answer.problem.code ?? '').startsWith('proof-');
    if (isSpent || answer.outcome === 'answered') this.#screen.renew();
    return isSpent ? send() : answer;
  }

  #accepted(accepted: CallbackAccepted, values: FormValues): void {
    this.#submission.forget();
    const { id, status, callAfter } = accepted;
    this.#showResult(() =>
      createAcceptedView({
        accepted,
        phone: values.phone.trim(),
        language: this.#language,
        onCancel: () => void this.#cancel(accepted),
        onAgain: () => this.#again(),
      }),
    );
    // The manage link is not told: listeners are often analytics, and who holds the link holds the call.
    this.#fire('ringback:accepted', { id, status, callAfter, line: values.line });
  }

  async #rejected(problem: Pick<Problem, 'status' | 'code' | 'errors'>, values: FormValues): Promise<void> {
    const { strings } = this.#language;
    const { status, code } = problem;
    const pointers = (problem.errors ?? []).map(({ pointer }) => pointer);
    this.#fire('ringback:rejected', { status, code, pointers });
    if (pointers.includes('/consent/version') || pointers.includes('/consent/language'))
      await this.#renewWording(values);
    if (code === 'slot-taken') await this.#view?.renewTimes();
    const errors = fieldErrorsOf(problem, strings);
    this.#view?.showErrors(errors);
    if (errors.size > 0) this.#announce(strings.fixErrors);
    else this.#alert.textContent = describeProblem(problem, strings);
  }

  /** The form was open while the wording changed: shows the one in force, to be read and agreed to anew. */
  async #renewWording(values: FormValues): Promise<void> {
    const answer = await this.#api.lines();
    if (answer.outcome !== 'answered') return;
    this.#lines = answer.value;
    this.#showForm({ ...values, consented: false });
  }

  async #cancel({ id, manageUrl = '' }: CallbackAccepted): Promise<void> {
    const { strings } = this.#language;
    const token = new URL(manageUrl, location.href).searchParams.get('token') ?? '';
    this.#announce(strings.cancelling);
    const answer = await this.#api.cancel(id, token);
    this.#announce('');
    if (answer.outcome === 'answered' && answer.value.pending === 'cancel') {
      this.#showResult(() => createCancelPendingView(this.#language, manageUrl, () => this.#again()));
      this.#fire('ringback:cancelling', { id });
    } else if (answer.outcome === 'answered') {
      this.#showResult(() => createCancelledView(this.#language, () => this.#again()));
      this.#fire('ringback:cancelled', { id });
    } else if (answer.outcome === 'unreachable') {
      this.#alert.textContent = strings.offline;
    } else {
      this.#alert.textContent = answer.problem.code === 'too-late' ? strings.tooLate : strings.failed;
    }
  }

  #again(): void {
    this.#result = undefined;
    const { reason: _reason, consented: _consented, ...kept } = this.#view?.read() ?? {};
    this.#showForm(kept);
    this.#view?.root.querySelector<HTMLElement>('select, input')?.focus();
  }

  #showResult(create: () => ResultView): void {
    this.#result = create;
    const { root, heading } = create();
    this.#show(root);
    heading.focus();
  }

  /** The focus stays where it is, unless what had it is replaced. */
  #renewResult(create: () => ResultView): void {
    const isFocused = this.#content.contains(this.shadowRoot?.activeElement ?? null);
    const { root, heading } = create();
    this.#show(root);
    if (isFocused) heading.focus();
  }

  #show(content: HTMLElement): void {
    setAttributes(this.#shell, { lang: this.#language.tag });
    this.#alert.textContent = '';
    this.#content.replaceChildren(content);
  }

  #announce(text: string): void {
    if (text) this.#alert.textContent = '';
    this.#status.textContent = text;
  }

  #fire(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

const valueOf = <T>(answer: Answer<T>): T | undefined => (answer.outcome === 'answered' ? answer.value : undefined);
