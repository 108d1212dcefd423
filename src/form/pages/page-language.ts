import { type FormLanguage, chooseLanguage } from '../language.ts';
import { pagesDe } from '../strings/pages-de.ts';
import { type PageStrings, pagesEn } from '../strings/pages-en.ts';
import { pagesEs } from '../strings/pages-es.ts';
import { pagesFr } from '../strings/pages-fr.ts';

export interface PageLanguage extends FormLanguage {
  readonly pages: PageStrings;
}

const pagesByBase: Readonly<Record<string, PageStrings>> = { en: pagesEn, es: pagesEs, fr: pagesFr, de: pagesDe };

/** Names from a header that are looked at; more is not a reader's wish. */
const wishesMax = 10;

/**
 * The language of a page.
 * @param asked `lang` of the address or the form: a choice made before
 * @param acceptLanguage header of the browser; its order counts, its weights seldom say more
 */
export function choosePageLanguage(asked: string | undefined, acceptLanguage: string | undefined): PageLanguage {
  const wishes = (acceptLanguage ?? '').split(',', wishesMax).map((wish) => wish.split(';')[0] ?? '');
  const language = chooseLanguage(asked ? [asked, ...wishes] : wishes);
  return { ...language, pages: pagesByBase[language.tag.split('-')[0]?.toLowerCase() ?? ''] ?? pagesEn };
}
