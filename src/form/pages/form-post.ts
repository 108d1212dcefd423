import type { Slot } from '../../../events/slots/schema.ts';
import type { FormValues } from '../answers.ts';

/** What came from a plain form: texts, as they were typed. */
export interface PostedForm {
  readonly values: FormValues;
  /** Version and language of the wording that was shown. */
  readonly consent: { readonly version: string; readonly language?: string };
  /** Whether the page offered times to choose from. */
  readonly offeredTimes: boolean;
  /** Made with the form, so that a second click on the button is no second request. */
  readonly key: string;
  readonly lang: string;
  /** What stands in the field that people do not see. */
  readonly honeypot: string;
  /** When the form was first shown, as far as it tells. */
  readonly shownAtMs: number | undefined;
  /** From the page that shows what will happen; empty on the way there. */
  readonly confirmation: string;
  /** Whether the person wants to change something instead of going on. */
  readonly isChanging: boolean;
}

/** Longest text of a field that goes back onto the page. */
const fieldLengthMax = 600;

/** Reads the fields of the plain form; what is missing is empty, what is unknown is left out. */
export function readPostedForm(text: string): PostedForm {
  const fields = new URLSearchParams(text);
  const read = (name: string): string => (fields.get(name) ?? '').slice(0, fieldLengthMax);
  return {
    values: {
      line: read('line'),
      name: read('name'),
      country: read('country'),
      phone: read('phone'),
      when: read('when') === 'slot' ? readSlot(read('slot'), read('timeZone')) : 'now',
      reason: read('reason'),
      consented: read('consent') === 'yes',
    },
    consent: { version: read('consentVersion'), ...(read('consentLanguage') && { language: read('consentLanguage') }) },
    offeredTimes: fields.has('slot'),
    key: read('key'),
    lang: read('lang'),
    honeypot: read('website'),
    shownAtMs: /^\d{1,15}$/.test(read('shownAt')) ? Number(read('shownAt')) : undefined,
    confirmation: read('confirmation'),
    isChanging: read('change') !== '',
  };
}

/** A slot as the value of a choice in a plain form. */
export const slotValue = ({ date, from, to }: Slot): string => `${date}/${from}/${to}`;

export function readSlot(value: string, timeZone: string): FormValues['when'] {
  const [date = '', from = '', to = '', ...more] = value.split('/');
  if (!date || !from || !to || more.length > 0 || !timeZone) return undefined;
  return { date, from, to, timeZone };
}
