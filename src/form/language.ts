import { de } from './strings/de.ts';
import { type FormStrings, en } from './strings/en.ts';
import { es } from './strings/es.ts';
import { fr } from './strings/fr.ts';

/** Texts by language, as a site may give them: any language, any part of the texts. */
export type StringOverrides = Readonly<Record<string, Partial<FormStrings>>>;

const builtIn: Readonly<Record<string, FormStrings>> = { en, es, fr, de };

export const formLanguages: readonly string[] = Object.keys(builtIn);

export interface FormLanguage {
  /** BCP 47 tag that dates and numbers are written in, with the region where the reader told one. */
  readonly tag: string;
  readonly strings: FormStrings;
}

/** The first wanted language that there are texts in, else English. A region is kept, so that dates look as they do there. */
export function chooseLanguage(wanted: readonly string[], overrides: StringOverrides = {}): FormLanguage {
  const tags = wanted.map((tag) => tag.trim()).filter(isLanguageTag);
  const tag = tags.find((each) => isKnown(baseOf(each), overrides)) ?? 'en';
  const base = baseOf(tag);
  return { tag, strings: { ...en, ...builtIn[base], ...overrides[base], ...overrides[tag] } };
}

const baseOf = (tag: string): string => tag.split('-')[0]?.toLowerCase() ?? '';

const isKnown = (base: string, overrides: StringOverrides): boolean =>
  Object.hasOwn(builtIn, base) || Object.hasOwn(overrides, base);

/** What Intl refuses must not reach it from a page's `lang` attribute or a request's header. */
function isLanguageTag(tag: string): boolean {
  return /^[a-z]{2,3}(-[a-z\d]{2,8}){0,3}$/i.test(tag);
}
