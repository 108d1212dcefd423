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

const dueAtOf = async (number: string): Promise<unknown> => {
  const found = await stack.asOperator('GET', `/v1/calls?number=${encodeURIComponent(number)}`);
  return ((await found.json()) as { calls: { dueAt: string }[] }).calls[0]?.dueAt;
};

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

describe('a time on the sample site of the running stack', () => {
  const timeZone = 'America/Los_Angeles';
  const consent = { version: '2026-11', accepted: true };

  it('is booked with the keyboard alone, beside the wait that Webex tells', async () => {
    const page = await open(stack.site);
    await page.locator('ringback-form #line').focus();
    await page.keyboard.press('ArrowDown');
    await page.getByText('At the moment the wait is about 4 minutes.').waitFor();
    for (const key of ['Tab', 'Tab', 'Tab']) await page.keyboard.press(key);
    await page.keyboard.type('(415) 555-0151');
    for (const key of ['Tab', 'ArrowDown']) await page.keyboard.press(key);
    await page.getByLabel('Day').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    // The first free time is at one today; the next day and then the next time are chosen.
    for (const key of ['Tab', 'ArrowDown', 'Tab', 'ArrowDown', 'Tab', 'Tab', 'Space', 'Tab', 'Enter']) {
      await page.keyboard.press(key);
    }
    await page.getByText(/We will call .\(415\) 555-0151. from Tuesday, November 24 at 1:30.PM/).waitFor();
    expect(await dueAtOf('+14155550151')).toBe('2026-11-24T21:30:00.000Z');
    expect(await accessibilityFindings(page)).toEqual([]);
  });

  it('comes back at its field when somebody else has taken it meanwhile', { timeout: 60_000 }, async () => {
    const page = await open(stack.site);
    await page.getByLabel('What is it about?').selectOption('support');
    await page.getByLabel('Your name').fill('Ada');
    await page.getByLabel('Phone number').fill('(415) 555-0152');
    await page.getByLabel('At a time that suits me').check();
    await page.getByLabel('Day').selectOption('2026-11-25');
    await page.getByLabel('Time', { exact: true }).selectOption('10:00');
    await page.getByRole('checkbox').check();
    const when = { date: '2026-11-25', from: '10:00', to: '10:30' };
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        fetch(`${stack.api}/v1/callbacks`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ phone: `+1415555${3_000 + index}`, line: 'support', when, timeZone, consent }),
        }),
      ),
    );

    await page.getByRole('button', { name: 'Call me' }).click();
    await page.getByText('This time has just been taken. Please choose another one.').waitFor();

    expect(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.id)).toBe('time');
    expect(await page.getByLabel('Time', { exact: true }).getAttribute('aria-describedby')).toContain('time-error');
    expect(await page.getByLabel('Your name').inputValue()).toBe('Ada');
    expect(await page.getByLabel('Day').inputValue()).toBe('2026-11-25');
    expect(await page.locator('ringback-form #time option[value="10:00"]').count()).toBe(0);
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.getByLabel('Time', { exact: true }).selectOption('10:30');
    await page.getByRole('button', { name: 'Call me' }).click();
    await page.getByRole('heading', { name: 'We will call you' }).waitFor();
    expect(await dueAtOf('+14155550152')).toBe('2026-11-25T18:30:00.000Z');
  });
});

describe('the pages without JavaScript on the running stack', () => {
  it('book a time, move it and tell the wait', async () => {
    const page = await open(`${stack.api}/callback?line=support`, false);
    await page.getByText('Technical support: At the moment the wait is about 4 minutes.').waitFor();
    await page.getByLabel('Phone number').fill('(415) 555-0153');
    await page.getByLabel('At a time that suits me').check();
    await page.locator('#consent').check();
    // The stack's clock is a real one, and a form that is sent at once comes from a program.
    await page.waitForTimeout(1_100);
    await page.getByRole('button', { name: 'Call me' }).click();
    await page.locator('#slot').selectOption('2026-11-24/10:00/10:30');
    await page.getByRole('button', { name: 'Call me' }).click();
    await page.getByRole('button', { name: 'Yes, call me' }).click();
    await page.getByText('We will call you from Tuesday, November 24 at 10:00').waitFor();
    await page.locator('#slot').selectOption('2026-11-24/11:00/11:30');
    await page.getByRole('button', { name: 'Move the call' }).click();
    await page.getByText('We will call you from Tuesday, November 24 at 11:00').waitFor();
    expect(await dueAtOf('+14155550153')).toBe('2026-11-24T19:00:00.000Z');
  });

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
