import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { buildWeb } from '../../../infra/build/web.ts';
import type { PageSettings } from '../../../src/form/page-settings.ts';
import { type StubApi, startStubApi } from '../../support/stub-api.ts';
import { launchBrowser } from './browser.ts';
import { type StaticSite, serveFolder } from './static-site.ts';

export interface FormPage {
  readonly language?: string;
  readonly direction?: 'ltr' | 'rtl';
  /** Attributes of the element. */
  readonly attributes?: string;
  readonly settings?: PageSettings;
  readonly style?: string;
  /** Content security policy of the page; scripts of the page itself have the nonce `page`. */
  readonly policy?: string;
  readonly context?: BrowserContextOptions;
}

/** A browser, the site and a fake API, for tests of the form alone. */
export interface FormBench {
  readonly api: StubApi;
  readonly site: StaticSite;
  readonly browser: Browser;
  /** Opens a page with one form in a browser context of its own; what goes wrong in the page fails the test. */
  open(options?: FormPage): Promise<Page>;
  /** Closes the pages and forgets the requests, so that tests do not meet. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function createFormBench(): Promise<FormBench> {
  const folder = await mkdtemp(join(tmpdir(), 'ringback-web-'));
  const api = await startStubApi();
  await buildWeb(folder, { api: api.url });
  const site = await serveFolder(folder);
  const browser = await launchBrowser();
  const problems: string[] = [];
  return {
    api,
    site,
    browser,
    open: async (options = {}) => {
      const context = await browser.newContext({
        locale: 'en-US',
        timezoneId: 'America/Los_Angeles',
        ...options.context,
      });
      const page = await context.newPage();
      page.on('pageerror', (error) => problems.push(String(error)));
      site.pages.set('/form.html', pageHtml({ ...options, settings: { api: api.url, ...options.settings } }));
      await page.goto(`${site.url}/form.html`);
      return page;
    },
    reset: async () => {
      await Promise.all(browser.contexts().map((context) => context.close()));
      api.reset();
      const found = problems.splice(0);
      if (found.length > 0) throw new Error(`The page threw: ${found.join('; ')}`);
    },
    close: async () => {
      await browser.close();
      await Promise.all([site.close(), api.close(), rm(folder, { recursive: true, force: true })]);
    },
  };
}

const pageHtml = ({
  language = 'en',
  direction = 'ltr',
  attributes = '',
  settings,
  style = '',
  policy,
}: FormPage): string => `<!doctype html>
<html lang="${language}" dir="${direction}">
  <head>
    <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
    ${policy ? `<meta http-equiv="content-security-policy" content="${policy}">` : ''}
    <title>Form</title><link rel="icon" href="data:,">
    <style>:root { color-scheme: light dark } body { margin: 0 } ${style}</style>
    <script nonce="page">window.ringback = ${JSON.stringify(settings)};</script>
    <script type="module" src="/ringback-form.js"></script>
  </head>
  <body><main><h1>Help</h1><ringback-form ${attributes}></ringback-form></main></body>
</html>`;
