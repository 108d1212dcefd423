import { html } from './html.ts';
import { renderPage } from './page.ts';
import type { PageLanguage } from './page-language.ts';

/** Where the settings turn the plain form off: what else to do. @param site address of the organization's website */
export const renderTurnedOff = (organization: string, site: string | undefined, language: PageLanguage): string =>
  renderPage({
    language,
    title: language.pages.turnedOffTitle,
    organization,
    content: html`<p>${language.pages.turnedOff}</p>
${site && html`<p><a href="${site}">${language.pages.toWebsite}</a></p>`}`,
  });
