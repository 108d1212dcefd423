import type { Lines } from '../../events/lines/schema.ts';
import type { Slots } from '../../events/slots/schema.ts';
import { checkPhone } from '../../src/form/phone-check.ts';
import type { FormLanguage } from '../../src/form/language.ts';
import { fill } from '../../src/form/strings/fill.ts';
import {
  type FieldErrors,
  type FieldName,
  type FormValues,
  countriesOf,
  countryName,
  describePhone,
  findErrors,
  wordingIn,
} from '../../src/form/answers.ts';
import { type Field, createField, createSelect, fillSelect } from './field.ts';
import { h, setAttributes } from './h.ts';
import { waitText } from '../../src/form/times.ts';
import { createWhenField } from './when-field.ts';

/** How long nobody types before the number is spoken about: a remark on every key would never let a reader finish. */
const typingPauseMs = 600;

export interface FormViewOptions {
  readonly lines: Lines;
  readonly language: FormLanguage;
  readonly initial: Partial<FormValues>;
  readonly loadSlots: (line: string) => Promise<Slots | undefined>;
  /** Seconds; undefined where nobody can tell. */
  readonly loadWait: (line: string) => Promise<number | undefined>;
  readonly onSubmit: (values: FormValues) => void;
}

export interface FormView {
  readonly root: HTMLFormElement;
  read(): FormValues;
  /** What stands in the field that people do not see. */
  readHoneypot(): string;
  /** Shows these errors and no others, and moves the focus to the first. */
  showErrors(errors: FieldErrors): void;
  /** Asks for the free times again: somebody else took the chosen one. */
  renewTimes(): Promise<void>;
  /** While a request is under way the button keeps its focus but does nothing. */
  setBusy(isBusy: boolean): void;
}

/** The form itself. It knows no network: it checks, shows and reads. */
export function createFormView(options: FormViewOptions): FormView {
  const { lines, language, onSubmit } = options;
  const { strings, tag } = language;
  const fields = createFields(options);
  const { line, name, country, phone, when, reason, consent } = fields;

  const countries = () => countriesOf(lines, line.control.value);
  const read = (): FormValues => ({
    line: line.control.value,
    name: name.control.value,
    country: country.control.value,
    phone: phone.control.value,
    when: when.read(),
    reason: reason.control.value,
    consented: consent.control.checked,
  });

  const showCountries = (): void => {
    const choices = countries().map(({ code }) => ({ value: code, text: countryName(code, tag) }));
    fillSelect(country.control, choices, country.control.value || options.initial.country);
    country.root.hidden = choices.length < 2;
  };
  const wait = h('p', { part: 'hint', 'aria-live': 'polite', hidden: true });
  const showWait = async (isKnown: boolean): Promise<void> => {
    wait.hidden = true;
    wait.textContent = '';
    const asked = line.control.value;
    const waitSeconds = isKnown ? await options.loadWait(asked) : undefined;
    if (waitSeconds === undefined || asked !== line.control.value) return;
    wait.textContent = fill(strings.waitNow, { wait: waitText(waitSeconds, tag) });
    wait.hidden = when.read() !== 'now';
  };
  when.root.addEventListener('change', () => {
    wait.hidden = !wait.textContent || when.read() !== 'now';
  });
  const showLine = (): void => {
    const chosen = lines.lines.find(({ name: each }) => each === line.control.value);
    showCountries();
    void when.renew(chosen?.slots ?? false);
    void showWait(chosen?.wait ?? false);
  };
  showLine();
  line.control.addEventListener('change', showLine);

  const check = () => checkPhone(phone.control.value, countries(), country.control.value);
  const say = (): void => {
    const checked = check();
    phone.setHint(checked.verdict === 'empty' ? strings.phoneHint : describePhone(checked, countries(), strings, tag));
  };
  let pause: ReturnType<typeof setTimeout> | undefined;
  phone.control.addEventListener('input', () => {
    phone.setError(undefined);
    clearTimeout(pause);
    pause = setTimeout(say, typingPauseMs);
  });
  country.control.addEventListener('change', say);
  consent.control.addEventListener('change', () => consent.setError(undefined));

  const website = h('input', { name: 'website', tabindex: -1, autocomplete: 'off', 'data-1p-ignore': true });
  const button = h('button', { type: 'submit', part: 'button' }, strings.submit);
  const root = h(
    'form',
    { part: 'form', novalidate: true, 'aria-labelledby': 'title' },
    h('h2', { id: 'title', part: 'title' }, strings.title),
    h('p', { part: 'intro' }, fill(strings.intro, { organization: lines.organization })),
    line.root,
    name.root,
    h('div', { class: 'pair' }, country.root, phone.root),
    when.root,
    wait,
    reason.root,
    consent.root,
    h('div', { class: 'unseen', 'aria-hidden': 'true' }, website),
    button,
  );

  const showErrors = (errors: FieldErrors): void => {
    const entries = Object.entries(fields) as ReadonlyArray<[FieldName, Pick<Field, 'setError' | 'focus'>]>;
    for (const [field, { setError }] of entries) setError(errors.get(field));
    entries.find(([field]) => errors.has(field))?.[1].focus();
  };
  root.addEventListener('submit', (event) => {
    event.preventDefault();
    if (button.ariaDisabled === 'true') return;
    const values = read();
    const errors = findErrors(values, lines, strings, tag);
    showErrors(errors);
    if (errors.size === 0) onSubmit(values);
  });
  return {
    root,
    read,
    readHoneypot: () => website.value,
    showErrors,
    renewTimes: () => when.renew(true),
    setBusy: (isBusy) => {
      setAttributes(button, { 'aria-disabled': isBusy ? 'true' : undefined });
      setAttributes(root, { 'aria-busy': isBusy ? 'true' : undefined });
    },
  };
}

function createFields({ lines, language, initial, loadSlots }: FormViewOptions) {
  const { strings, tag } = language;
  const { optional } = strings;
  const topics = lines.lines.map((line) => ({ value: line.name, text: line.topic }));
  const line = createField({ name: 'line', label: strings.topic, control: createSelect(topics, initial.line) });
  line.root.hidden = topics.length < 2;
  const name = h('input', { part: 'input', autocomplete: 'name', maxlength: 100 });
  const phone = h('input', { part: 'input', type: 'tel', autocomplete: 'tel', maxlength: 40 });
  const reason = h('textarea', { part: 'textarea', rows: 3, maxlength: 500 });
  const consent = h('input', { part: 'checkbox', type: 'checkbox' });
  name.value = initial.name ?? '';
  phone.value = initial.phone ?? '';
  reason.value = initial.reason ?? '';
  consent.checked = initial.consented ?? false;
  const { wording } = lines.consent;
  const [wordingLanguage, wordingText] = wordingIn(wording, tag);
  return {
    line,
    name: createField({ name: 'name', label: strings.name, control: name, optional }),
    country: createField({ name: 'country', label: strings.country, control: createSelect([], undefined) }),
    phone: createField({ name: 'phone', label: strings.phone, control: phone, hint: strings.phoneHint, live: true }),
    when: createWhenField({ language, initial: initial.when, loadSlots: () => loadSlots(line.control.value) }),
    reason: createField({ name: 'reason', label: strings.reason, control: reason, hint: strings.reasonHint, optional }),
    consent: createField({
      name: 'consent',
      label: wordingText,
      labelLanguage: wordingLanguage,
      control: consent,
      isChoice: true,
      required: true,
    }),
  };
}
