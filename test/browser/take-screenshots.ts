import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { projectRoot } from '../../infra/build/bundle-functions.ts';
import { createPlainPages, servePlainPages } from '../support/plain-pages.ts';
import { problem, sampleSlots } from '../support/stub-api.ts';
import { arabic } from './support/arabic.ts';
import { type FormBench, createFormBench } from './support/form-bench.ts';

/** Takes the pictures of the documentation: `node test/browser/take-screenshots.ts`. */
const folder = join(projectRoot, 'docs/images');
const viewport = { width: 640, height: 900 };

const save = async (page: Page, name: string): Promise<void> => {
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true, animations: 'disabled' });
  await page.context().close();
};

const chooseTime = async (page: Page): Promise<void> => {
  await page.locator('#when-slot').check();
  await page.locator('#time').waitFor();
};

const ask = async (page: Page): Promise<void> => {
  await page.locator('#phone').fill('(415) 555-0132');
  await page.locator('#consent').check();
  await page.locator('button[type=submit]').click();
};

async function takeElement(bench: FormBench): Promise<void> {
  const style = 'body { margin: 1rem } h1 { display: none }';
  const open = (options: Parameters<FormBench['open']>[0] = {}): Promise<Page> =>
    bench.open({ style, ...options, context: { viewport, ...options.context } });

  const site = await bench.browser.newPage({ viewport, locale: 'en-US', timezoneId: 'America/Los_Angeles' });
  await site.goto(bench.site.url);
  await site.locator('#phone').waitFor();
  await save(site, 'sample-site');

  const dark = await open({ context: { colorScheme: 'dark' } });
  await chooseTime(dark);
  await save(dark, 'form-dark');

  const narrow = await open({ language: 'de', context: { viewport: { width: 320, height: 640 } } });
  await chooseTime(narrow);
  await save(narrow, 'form-narrow-german');

  const arabicPage = await open({ language: 'ar', direction: 'rtl', settings: { strings: { ar: arabic } } });
  await arabicPage.locator('#phone').waitFor();
  await save(arabicPage, 'form-arabic');

  const errors = await open();
  await errors.locator('#phone').fill('(415) 555');
  await errors.locator('button[type=submit]').click();
  await save(errors, 'form-errors');

  bench.api.answers.set('POST /v1/callbacks', [problem(409, 'slot-taken', ['/when'])]);
  bench.api.answers.set('GET /v1/lines/{}/slots', [
    { status: 200, body: sampleSlots },
    { status: 200, body: { ...sampleSlots, slots: sampleSlots.slots.slice(1) } },
  ]);
  const taken = await open();
  await chooseTime(taken);
  await ask(taken);
  await taken.locator('#time-error').waitFor();
  await save(taken, 'form-slot-taken');
  bench.api.reset();

  const accepted = await open();
  await ask(accepted);
  await accepted.locator('section').waitFor();
  await save(accepted, 'form-accepted');
}

async function takePlainPages(bench: FormBench): Promise<void> {
  const pages = createPlainPages();
  pages.waitSeconds = 240;
  const server = await servePlainPages(pages);
  const page = await bench.browser.newPage({ viewport, locale: 'en-US', javaScriptEnabled: false });
  const picture = async (name: string): Promise<void> => {
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  };
  await page.goto(`${server.url}/callback`);
  await picture('plain-form');
  await page.locator('#phone').fill('(415) 055-0132');
  await page.locator('#consent').check();
  await page.getByRole('button').click();
  await picture('plain-form-errors');
  await page.locator('#phone').fill('(415) 555-0132');
  await page.getByRole('button').click();
  await picture('plain-confirmation');
  await page.getByRole('button').first().click();
  await picture('plain-status');
  await page.goto(`${server.url}/callback?line=support`);
  await page.locator('#when-slot').check();
  await page.locator('#phone').fill('(415) 555-0133');
  await page.locator('#consent').check();
  await page.getByRole('button').click();
  await page.locator('#slot').selectOption('2026-11-24/10:00/10:30');
  await picture('plain-times');
  await page.context().close();
  await server.close();
}

await mkdir(folder, { recursive: true });
const bench = await createFormBench();
try {
  await takeElement(bench);
  await takePlainPages(bench);
} finally {
  await bench.close();
}
