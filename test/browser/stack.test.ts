import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type RunningStack, startStack } from '../support/running-stack.ts';
import { accessibilityFindings } from './support/axe.ts';
import { launchBrowser } from './support/browser.ts';

let folder: string;
let stack: RunningStack;
let browser: Browser;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringback-browser-'));
  [stack, browser] = await Promise.all([
    startStack(join(folder, 'data'), ['--clock', '2026-11-23T12:00:00-08:00']),
    launchBrowser(),
  ]);
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

const open = async (url: string, javaScriptEnabled = true): Promise<Page> => {
  const context = await browser.newContext({ locale: 'en-US', timezoneId: 'America/Los_Angeles', javaScriptEnabled });
  const page = await context.newPage();
  await page.goto(url);
  return page;
};
const taskFor = (number: string) =>
  eventually(async () => (await stack.tasks()).find((task) => task.number === number));

describe('the sample site on the running stack', () => {
  it('has a task in Webex for a form that was filled by keyboard alone', async () => {
    const page = await open(stack.site);
    await page.locator('ringback-form #name').focus();
    await page.keyboard.type('Ada Lovelace');
    for (const key of ['Tab', 'Tab']) await page.keyboard.press(key);
    await page.keyboard.type('(415) 555-0141');
    await page.keyboard.press('Tab');
    await page.keyboard.type('invoice 4411');
    for (const key of ['Tab', 'Space', 'Tab', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('heading', { name: 'We will call you' }).waitFor();
    expect(await taskFor('+14155550141')).toMatchObject({
      attributes: { customerName: 'Ada Lovelace', callReason: 'invoice 4411' },
    });
    expect(await accessibilityFindings(page)).toEqual([]);

    await page.getByRole('link', { name: 'See or change your request' }).click();
    await page.getByRole('heading', { name: 'Your call' }).waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/callback\//);
  });

  it('says so when a number is on the do-not-call list', async () => {
    await stack.asOperator('PUT', '/v1/suppressions/%2B14155550142', { reason: 'asked on the phone' });
    const page = await open(stack.site);
    await page.getByLabel('Phone number').fill('(415) 555-0142');
    await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Call me' }).click();
    await page.getByText('We cannot call this number. Please contact us in another way.').waitFor();
    expect((await stack.tasks()).some(({ number }) => number === '+14155550142')).toBe(false);
  });
});

describe('the pages without JavaScript on the running stack', () => {
  it('have a task in Webex for a plain form, and then tell that it is too late to cancel', async () => {
    const page = await open(`${stack.api}/callback?line=support`, false);
    await page.getByLabel('Phone number').fill('(415) 555-0143');
    await page.locator('#consent').check();
    // The stack's clock is a real one, and a form that is sent at once comes from a program.
    await page.waitForTimeout(1_100);
    await page.getByRole('button', { name: 'Call me' }).click();
    await page.getByRole('button', { name: 'Yes, call me' }).click();
    await page.getByRole('heading', { name: 'Your call' }).waitFor();
    expect(await taskFor('+14155550143')).toBeDefined();
    await page.reload();
    await page.getByText('We are calling you right now.').waitFor();
    expect(await page.getByRole('button').count()).toBe(0);
  });
});
