import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { problem } from '../support/stub-api.ts';
import { arabic } from './support/arabic.ts';
import { accessibilityFindings } from './support/axe.ts';
import { type FormBench, type FormPage, createFormBench } from './support/form-bench.ts';

let bench: FormBench;
beforeAll(async () => {
  bench = await createFormBench();
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

const phone = (page: Page) => page.locator('#phone');
const submit = (page: Page) => page.locator('button[type=submit]').click();
const fillIn = async (page: Page): Promise<void> => {
  await phone(page).fill('(415) 555-0132');
  await page.locator('#consent').check();
};

/** Every state that a person can see, and how to get there. */
const states: ReadonlyArray<readonly [state: string, reach: (page: Page) => Promise<unknown>]> = [
  ['empty', (page) => phone(page).waitFor()],
  [
    'with times to choose from',
    async (page) => {
      await page.locator('#when-slot').check();
      await page.locator('#time').waitFor();
    },
  ],
  ['with errors', async (page) => submit(page)],
  [
    'without an answer',
    async (page) => {
      bench.api.answers.set('POST /v1/callbacks', [problem(500, 'internal-error')]);
      await fillIn(page);
      await submit(page);
      await page.locator('[role=alert]:not(:empty)').waitFor();
    },
  ],
  [
    'accepted',
    async (page) => {
      await fillIn(page);
      await submit(page);
      await page.locator('section').waitFor();
    },
  ],
  [
    'asking whether to cancel',
    async (page) => {
      await fillIn(page);
      await submit(page);
      await page.locator('section button').first().click();
    },
  ],
  [
    'cancelled',
    async (page) => {
      await fillIn(page);
      await submit(page);
      await page.locator('section button').first().click();
      await page.locator('.sure [part=button]').click();
      await page.locator('.sure').waitFor({ state: 'detached' });
    },
  ],
];

const looks: ReadonlyArray<readonly [look: string, page: FormPage]> = [
  ['light', { context: { colorScheme: 'light' } }],
  ['dark', { context: { colorScheme: 'dark' } }],
  ['320 px wide', { context: { viewport: { width: 320, height: 640 } } }],
  ['right to left', { language: 'ar', direction: 'rtl', settings: { strings: { ar: arabic } } }],
  ['forced colours', { context: { forcedColors: 'active' } }],
  ['German, 320 px wide', { language: 'de', context: { viewport: { width: 320, height: 640 } } }],
];

describe.each(looks)('the form, %s', (_look, options) => {
  it.each(states)('has no accessibility finding and needs no sideways scrolling: %s', async (_state, reach) => {
    const page = await bench.open(options);
    await reach(page);
    expect(await accessibilityFindings(page)).toEqual([]);
    const { clientWidth, scrollWidth } = await page.evaluate(() => document.documentElement);
    expect(scrollWidth).toBe(clientWidth);
  });
});

describe('the form', () => {
  it('follows the page into the dark only where the page goes dark', async () => {
    const surface = (page: Page) => page.locator('.shell').evaluate((shell) => getComputedStyle(shell).backgroundColor);
    const following = await bench.open({ context: { colorScheme: 'dark' } });
    const lightPage = await bench.open({ context: { colorScheme: 'dark' }, style: ':root { color-scheme: light }' });
    const forced = await bench.open({ attributes: 'theme="dark"', context: { colorScheme: 'light' } });
    expect(await surface(following)).toBe('rgb(26, 27, 31)');
    expect(await surface(lightPage)).toBe('rgb(255, 255, 255)');
    expect(await surface(forced)).toBe('rgb(26, 27, 31)');
  });

  it('takes colours and shapes from variables and parts', async () => {
    const page = await bench.open({
      style: 'ringback-form { --ringback-accent: rgb(0, 90, 60) } ringback-form::part(button) { border-radius: 99px }',
    });
    const look = await page.locator('button[type=submit]').evaluate((button) => {
      const { backgroundColor, borderRadius } = getComputedStyle(button);
      return { backgroundColor, borderRadius };
    });
    expect(look).toEqual({ backgroundColor: 'rgb(0, 90, 60)', borderRadius: '99px' });
  });

  it('is not touched by the styles of the page', async () => {
    const page = await bench.open({ style: 'label, button, h2 { display: none !important; }' });
    await page.getByLabel('Phone number').waitFor();
    expect(await page.getByRole('button', { name: 'Call me' }).isVisible()).toBe(true);
  });

  it('works under a policy that forbids inline styles and markup from text', async () => {
    const page = await bench.open({
      policy: `default-src 'none'; script-src 'self' 'nonce-page'; connect-src ${bench.api.url}; require-trusted-types-for 'script'`,
    });
    await fillIn(page);
    await submit(page);
    await page.getByRole('heading', { name: 'We will call you' }).waitFor();
    const shell = page.locator('.shell');
    expect(await shell.evaluate((element) => getComputedStyle(element).borderTopWidth)).toBe('1px');
  });

  it('stands the other way round where the page reads from right to left', async () => {
    const page = await bench.open({ language: 'ar', direction: 'rtl', settings: { strings: { ar: arabic } } });
    await page.getByLabel('رقم الهاتف').waitFor();
    const label = await page.locator('label[for=consent]').boundingBox();
    const box = await page.locator('#consent').boundingBox();
    expect(box?.x).toBeGreaterThan(label?.x ?? Number.POSITIVE_INFINITY);
  });

  it('speaks the language of the page, and marks a wording that is not in it', async () => {
    const page = await bench.open({ language: 'de-AT' });
    await page.getByRole('button', { name: 'Rufen Sie mich an' }).waitFor();
    expect(await page.locator('label[for=consent]').getAttribute('lang')).toBe('en');
    await page.locator('ringback-form').evaluate((form) => form.setAttribute('lang', 'es'));
    await page.getByRole('button', { name: 'Llámenme' }).waitFor();
    expect(await page.getByLabel('Pido a Example Energy').getAttribute('id')).toBe('consent');
  });

  it('keeps what was typed when the language changes', async () => {
    const page = await bench.open();
    await page.getByLabel('Phone number').fill('4155550132');
    await page.locator('ringback-form').evaluate((form) => form.setAttribute('lang', 'fr'));
    expect(await page.getByLabel('Numéro de téléphone').inputValue()).toBe('4155550132');
  });

  it('moves nothing for people who want less motion', async () => {
    const page = await bench.open({ context: { reducedMotion: 'reduce' } });
    const button = page.locator('button[type=submit]');
    expect(await button.evaluate((element) => getComputedStyle(element).transitionDuration)).toBe('0s');
  });
});
