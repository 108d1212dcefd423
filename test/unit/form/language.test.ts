import { describe, expect, it } from 'vitest';
import { chooseLanguage, formLanguages } from '../../../src/form/language.ts';
import { fill } from '../../../src/form/strings/fill.ts';
import { en } from '../../../src/form/strings/en.ts';

const wordsOf = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, word]) => word ?? '').toSorted();

describe('chooseLanguage', () => {
  it.each([
    [['fr-CA'], 'fr-CA', 'Appelez-moi'],
    [['pt', 'es-MX', 'en'], 'es-MX', 'Llámenme'],
    [['pt'], 'en', 'Call me'],
    [[], 'en', 'Call me'],
    [['"><script>', '../de', 'de'], 'de', 'Rufen Sie mich an'],
  ])('for %j is %s', (wanted, tag, submit) => {
    const language = chooseLanguage(wanted);
    expect([language.tag, language.strings.submit]).toEqual([tag, submit]);
  });

  it('takes a language that only the site knows, with English where it says nothing', () => {
    const language = chooseLanguage(['nl-NL'], { nl: { submit: 'Bel mij' } });
    expect([language.tag, language.strings.submit, language.strings.name]).toEqual(['nl-NL', 'Bel mij', 'Your name']);
  });

  it('lets a site change a text of one region only', () => {
    const overrides = { en: { submit: 'Ring me' }, 'en-US': { submit: 'Give me a call' } };
    expect(chooseLanguage(['en-US'], overrides).strings.submit).toBe('Give me a call');
    expect(chooseLanguage(['en-GB'], overrides).strings.submit).toBe('Ring me');
  });
});

describe.each(formLanguages)('the texts in %s', (language) => {
  const { strings } = chooseLanguage([language]);

  it.each(Object.entries(en))('fill in the same words for %s', (name, text) => {
    expect(wordsOf(strings[name as keyof typeof en])).toEqual(wordsOf(text));
  });
});

describe('fill', () => {
  it('puts values for words in braces and leaves words without one', () => {
    expect(fill('{count} digits for {country}', { count: 6 })).toBe('6 digits for {country}');
  });

  it('does not fill in what came out of a value', () => {
    expect(fill('{phone}', { phone: '{country}', country: 'US' })).toBe('{country}');
  });
});
