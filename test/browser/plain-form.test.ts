import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type PlainPages, createPlainPages, servePlainPages } from '../support/plain-pages.ts';
import { sampleCall } from '../unit/calls/bench.ts';
import { accessibilityFindings } from './support/axe.ts';
import { launchBrowser } from './support/browser.ts';

let browser: Browser;
let pages: PlainPages;
let server: { url: string; close(): Promise<void> };
beforeAll(async () => {
  browser = await launchBrowser();
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await server.close();
});
afterAll(() => browser.close());

const open = async (options: BrowserContextOptions = {}): Promise<Page> => {
  pages = createPlainPages();
  pages.waitSeconds = 230;
  server = await servePlainPages(pages);
  const context = await browser.newContext({ locale: 'en-US', javaScriptEnabled: false, ...options });
  const page = await context.newPage();
  await page.goto(`${server.url}/callback?line=billing`);
  return page;
};
const fillIn = async (page: Page): Promise<void> => {
  await page.locator('#phone').fill('(415) 555-0132');
  await page.locator('#consent').check();
};
const submit = (page: Page): Promise<void> => page.locator('form[action="/v1/callbacks"] button').first().click();
const confirm = (page: Page): Promise<void> =>
  page.getByRole('button', { name: /^(Yes, call me|Ja, rufen Sie mich an)$/ }).click();
const wanted = '2026-11-24/10:00/10:30';
const reachTimes = async (page: Page): Promise<void> => {
  await page.locator('#line').selectOption('support');
  await page.locator('#when-slot').check();
  await fillIn(page);
  await submit(page);
  await page.locator('#slot').waitFor();
};
/** Others take every place in the wanted slot. */
const fillSlot = (): void => {
  const fromMs = Date.parse('2026-11-24T10:00:00-08:00');
  const slot = { fromMs, toMs: fromMs + 1_800_000 };
  for (let index = 0; index < 20; index += 1) {
    pages.calls.put(sampleCall({ id: `other-${index}`, number: `+141555510${10 + index}`, line: 'support', slot }));
  }
};

describe('without JavaScript', () => {
  it('asks for a call and cancels it with the keyboard alone', async () => {
    const page = await open();
    for (const key of ['Tab', 'ArrowDown', 'Tab']) await page.keyboard.press(key);
    await page.keyboard.type('Ada');
    for (const key of ['Tab', 'Tab']) await page.keyboard.press(key);
    await page.keyboard.type('4155550132');
    for (const key of ['Tab', 'Tab', 'Tab', 'Space', 'Tab', 'Enter']) await page.keyboard.press(key);
    await page.getByText('+1 415 555 0132').waitFor();
    expect(pages.calls.all).toEqual([]);
    for (const key of ['Tab', 'Enter']) await page.keyboard.press(key);
    await page.getByText('We will call you as soon as somebody is free.').waitFor();
    const [call] = pages.calls.all;
    expect(call).toMatchObject({ line: 'support', number: '+14155550132', customer: { name: 'Ada' } });

    await page.getByRole('button', { name: 'Yes, cancel the call' }).click();
    await page.getByText('The call is cancelled.').waitFor();
    expect(pages.calls.all[0]?.status).toBe('cancelled');
    await page.getByRole('link', { name: 'Ask for another call' }).click();
    expect(await page.locator('#line').inputValue()).toBe('support');
  });

  it('keeps what was typed when an answer cannot be used', async () => {
    const page = await open();
    await page.getByLabel('Your name').fill('Ada "the first" <Lovelace>');
    await page.getByLabel('How can we help?').fill('\nline one\nline two');
    await page.locator('#phone').fill('415 055 0132');
    await page.locator('#consent').check();
    await submit(page);
    await page.getByText('We cannot use this number.').waitFor();
    expect(await page.title()).toMatch(/^Problem/);
    expect(await page.getByLabel('Your name').inputValue()).toBe('Ada "the first" <Lovelace>');
    expect(await page.getByLabel('How can we help?').inputValue()).toBe('\nline one\nline two');
    expect(await page.locator('#phone').inputValue()).toBe('415 055 0132');
    expect(await page.locator('#consent').isChecked()).toBe(true);
    await page.locator('#phone').fill('415 555 0132');
    await submit(page);
    await page.getByRole('button', { name: 'Change something' }).click();
    expect(await page.getByLabel('How can we help?').inputValue()).toBe('\nline one\nline two');
    await submit(page);
    await confirm(page);
    await page.getByText('We will call you as soon as somebody is free.').waitFor();
    expect(pages.calls.all[0]?.customer.reason).toBe('line one line two');
  });

  it('sends nothing again when the page after it is reloaded', async () => {
    const page = await open();
    await fillIn(page);
    await submit(page);
    await confirm(page);
    await page.getByText('We will call you').waitFor();
    await page.reload();
    expect(pages.calls.all).toHaveLength(1);
  });

  it('shows what became of the call, and moves it back to now', async () => {
    const page = await open();
    await fillIn(page);
    await submit(page);
    await confirm(page);
    await page.getByText('We will call you as soon as somebody is free.').waitFor();
    const [call] = pages.calls.all;
    if (!call) throw new Error('There is no call.');
    pages.calls.put({ ...call, status: 'waiting', dueAtMs: pages.nowMs + 86_400_000 });
    await page.reload();
    await page.getByText('from Tuesday, November 24').waitFor();
    await page.getByRole('button', { name: 'Call me as soon as possible' }).click();
    await page.getByText('The call has been moved.').waitFor();
    expect(pages.calls.all[0]?.dueAtMs).toBe(pages.nowMs);
  });
});

describe('a time without JavaScript', () => {
  it('is chosen with the keyboard alone, and then moved', async () => {
    const page = await open();
    await page.locator('#line').selectOption('support');
    await page.locator('#phone').fill('(415) 555-0132');
    await page.locator('#when-now').focus();
    for (const key of ['ArrowDown', 'Tab', 'Tab', 'Space', 'Tab', 'Enter']) await page.keyboard.press(key);
    await page.locator('#slot').waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('slot');
    await page.keyboard.press('ArrowDown');
    for (const key of ['Tab', 'Tab', 'Tab', 'Enter']) await page.keyboard.press(key);
    await page.getByText('+1 415 555 0132').waitFor();
    for (const key of ['Tab', 'Enter']) await page.keyboard.press(key);
    await page.getByText('We will call you from Monday, November 23 at 1:00').waitFor();
    const fromMs = Date.parse('2026-11-23T13:00:00-08:00');
    expect(pages.calls.all[0]).toMatchObject({ line: 'support', dueAtMs: fromMs, slot: { fromMs } });

    await page.locator('#slot').selectOption('2026-11-24/10:00/10:30');
    await page.getByRole('button', { name: 'Move the call' }).click();
    await page.getByText('The call has been moved.').waitFor();
    await page.getByText('We will call you from Tuesday, November 24 at 10:00').waitFor();
    expect(pages.calls.taken('support', fromMs)).toBe(0);
  });

  it('comes back at its field when somebody else has taken it meanwhile', async () => {
    const page = await open();
    await page.locator('#name').fill('Ada');
    await reachTimes(page);
    await page.locator('#slot').selectOption(wanted);
    fillSlot();
    await submit(page);
    await confirm(page);
    await page.getByText('This time has just been taken.').waitFor();
    expect(await page.locator('#slot').getAttribute('aria-describedby')).toBe('slot-error slot-hint');
    expect(await page.locator(`option[value="${wanted}"]`).count()).toBe(0);
    expect(await page.locator('#name').inputValue()).toBe('Ada');
    expect(await page.locator('#consent').isChecked()).toBe(true);
    await page.locator('#slot').selectOption('2026-11-24/10:30/11:00');
    await submit(page);
    await confirm(page);
    await page.getByText('We will call you from Tuesday, November 24 at 10:30').waitFor();
  });
});

const states: ReadonlyArray<readonly [state: string, reach: (page: Page) => Promise<unknown>]> = [
  ['the form', (page) => page.locator('#phone').waitFor()],
  [
    'the form with errors',
    async (page) => {
      await page.locator('form').evaluate((form) => form.setAttribute('novalidate', ''));
      await submit(page);
      await page.locator('.summary').waitFor();
    },
  ],
  [
    'the question whether all is right',
    async (page) => {
      await fillIn(page);
      await submit(page);
      await page.locator('dl').waitFor();
    },
  ],
  [
    'a call that waits',
    async (page) => {
      await fillIn(page);
      await submit(page);
      await confirm(page);
    },
  ],
  [
    'a call of somebody else',
    async (page) => {
      for (const path of ['', '/callback']) {
        if (path) await page.goto(server.url + path);
        await fillIn(page);
        await submit(page);
        await confirm(page);
      }
    },
  ],
  [
    'a cancelled call',
    async (page) => {
      await fillIn(page);
      await submit(page);
      await confirm(page);
      await page.getByRole('button').last().click();
      await page.getByRole('link').waitFor();
    },
  ],
  ['the times to choose from', reachTimes],
  [
    'a time that somebody else has taken',
    async (page) => {
      await reachTimes(page);
      await page.locator('#slot').selectOption(wanted);
      fillSlot();
      await submit(page);
      await confirm(page);
      await page.locator('#slot-error').waitFor();
    },
  ],
  [
    'a call at a time',
    async (page) => {
      await reachTimes(page);
      await page.locator('#slot').selectOption(wanted);
      await submit(page);
      await confirm(page);
      await page.locator('#slot').waitFor();
    },
  ],
  ['nothing', (page) => page.goto(`${server.url}/callback/0199a3c1-5f0e-7cc3-9d5b-6f1e0a7b8c9d`)],
];

describe.each<readonly [look: string, options: BrowserContextOptions]>([
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['German, 320 px wide', { locale: 'de-DE', viewport: { width: 320, height: 640 } }],
  ['forced colours', { forcedColors: 'active' }],
])('the plain pages, %s', (_look, options) => {
  it.each(states)('have no accessibility finding and need no sideways scrolling: %s', async (_state, reach) => {
    const page = await open({ ...options, javaScriptEnabled: true });
    const refused: string[] = [];
    page.on('console', (message) => refused.push(message.text()));
    await reach(page);
    const findings = await accessibilityFindings(page);
    const { clientWidth, scrollWidth } = await page.evaluate(() => document.documentElement);
    expect(findings).toEqual([]);
    expect(scrollWidth).toBe(clientWidth);
    expect(refused.filter((text) => text.includes('Content Security Policy'))).toEqual([]);
  });
});
