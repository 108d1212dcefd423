import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AltchaProofs } from '../../src/adapters/altcha/proofs.ts';
import { acceptedCall, problem, sampleLines, stubSecret } from '../support/stub-api.ts';
import { type FormBench, createFormBench } from './support/form-bench.ts';

let bench: FormBench;
beforeAll(async () => {
  bench = await createFormBench();
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

const sent = () => bench.api.requests.filter(({ method, path }) => method === 'POST' && path === '/v1/callbacks');
const sentBody = (): unknown => JSON.parse(sent().at(-1)?.body ?? 'null');
const fillIn = async (page: Page, phone = '(415) 555-0132'): Promise<void> => {
  await page.getByLabel('Phone number').fill(phone);
  await page.getByRole('checkbox').check();
};
const submit = (page: Page): Promise<void> => page.getByRole('button', { name: 'Call me' }).click();
const focusedName = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.id);
const eventsOf = (page: Page): Promise<unknown[]> =>
  page.evaluate(() => (window as unknown as { heard: unknown[] }).heard);
const listen = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const heard: unknown[] = [];
    Object.assign(window, { heard });
    for (const name of ['accepted', 'rejected', 'cancelling', 'cancelled']) {
      document.addEventListener(`ringback:${name}`, (event) => heard.push([name, (event as CustomEvent).detail]));
    }
  });

describe('asking for a call', () => {
  it('sends what was typed and tells what will happen', async () => {
    const page = await bench.open({ attributes: 'line="support"' });
    await page.getByLabel('Your name').fill('Ada Lovelace');
    await page.getByLabel('How can we help?').fill('invoice 4411\nand another line');
    await fillIn(page);
    await submit(page);
    await page.getByText(/We will call .\(415\) 555-0132. as soon as somebody is free/).waitFor();
    expect(sentBody()).toEqual({
      phone: '(415) 555-0132',
      country: 'US',
      line: 'support',
      name: 'Ada Lovelace',
      when: 'now',
      timeZone: 'America/Los_Angeles',
      reason: 'invoice 4411 and another line',
      consent: { version: '2026-11', language: 'en', accepted: true },
      filledMs: expect.any(Number) as number,
      proof: expect.any(String) as string,
    });
    expect(await page.getByRole('link', { name: 'See or change' }).getAttribute('href')).toBe(acceptedCall.manageUrl);
  });

  it('can be done with the keyboard alone', async () => {
    const page = await bench.open();
    await page.getByLabel('Phone number').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Ada');
    await page.keyboard.press('Tab');
    await page.keyboard.type('4155550132');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.getByLabel('Day').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('a question');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'We will call you' }).waitFor();
    expect(sentBody()).toMatchObject({
      line: 'support',
      name: 'Ada',
      phone: '4155550132',
      when: { date: '2026-11-24', from: '09:00', to: '09:30' },
      timeZone: 'America/Los_Angeles',
      reason: 'a question',
    });
    expect(await focusedName(page)).toBe('title');
  });

  it('tells day, time and zone of the person when the call comes later', async () => {
    const callAfter = new Date(Date.UTC(new Date().getUTCFullYear() + 1, 10, 23, 18, 0)).toISOString();
    bench.api.answers.set('POST /v1/callbacks', [{ status: 202, body: { ...acceptedCall, callAfter } }]);
    const page = await bench.open();
    await fillIn(page);
    await submit(page);
    const text = await page.getByText(/We will call .\(415\) 555-0132. from/).textContent();
    expect(text).toMatch(/November 23 at 10:00.AM \(Pacific Standard Time\)/);
  });

  it('shows no manage link when the call is somebody else’s', async () => {
    const { manageUrl: _manageUrl, ...repeat } = acceptedCall;
    bench.api.answers.set('POST /v1/callbacks', [{ status: 202, body: repeat }]);
    const page = await bench.open();
    await fillIn(page);
    await submit(page);
    await page.getByText('There is a request for this number already').waitFor();
    expect(await page.getByRole('link').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Cancel the call' }).count()).toBe(0);
  });

  it('tells the estimated wait for "now" only', async () => {
    const page = await bench.open();
    const wait = page.getByText('At the moment the wait is about 4 minutes.');
    await wait.waitFor();
    await page.getByLabel('At a time that suits me').check();
    expect(await wait.isVisible()).toBe(false);
  });

  it('leaves out the topic, the country and the time where there is nothing to choose', async () => {
    const line = { name: 'billing', topic: 'Billing', countries: ['US'], slots: false, wait: false };
    bench.api.answers.set('GET /v1/lines', [{ status: 200, body: { ...sampleLines, lines: [line] } }]);
    const page = await bench.open();
    await page.getByLabel('Phone number').waitFor();
    for (const label of ['What is it about?', 'Country', 'As soon as possible']) {
      expect(await page.getByLabel(label).isVisible()).toBe(false);
    }
  });
});

describe('one request', () => {
  it('is sent once when the button is clicked twice', async () => {
    bench.api.answers.set('POST /v1/callbacks', [{ status: 202, body: acceptedCall, delayMs: 300 }]);
    const page = await bench.open();
    await fillIn(page);
    await page.getByRole('button', { name: 'Call me' }).dblclick();
    await page.getByRole('heading', { name: 'We will call you' }).waitFor();
    expect(sent()).toHaveLength(1);
  });

  it('keeps its Idempotency-Key when it is sent again after the connection broke', async () => {
    bench.api.answers.set('POST /v1/callbacks', [
      { status: 0, isBroken: true },
      { status: 202, body: acceptedCall },
    ]);
    const page = await bench.open();
    await fillIn(page);
    await submit(page);
    await page.getByText('We could not be reached').waitFor();
    await submit(page);
    await page.getByRole('heading', { name: 'We will call you' }).waitFor();
    const keys = sent().map(({ headers }) => headers['idempotency-key']);
    expect(keys.length).toBeGreaterThan(1);
    expect(new Set(keys).size).toBe(1);
  });

  it('gets another Idempotency-Key when the answers are others', async () => {
    bench.api.answers.set('POST /v1/callbacks', [problem(500, 'internal-error'), { status: 202, body: acceptedCall }]);
    const page = await bench.open();
    await fillIn(page);
    await submit(page);
    await page.getByText('Something went wrong on our side').waitFor();
    await page.getByLabel('Phone number').fill('(415) 555-0133');
    await submit(page);
    await page.getByRole('heading', { name: 'We will call you' }).waitFor();
    expect(new Set(sent().map(({ headers }) => headers['idempotency-key'])).size).toBe(2);
  });
});

describe('what became of the request', () => {
  const form = (page: Page) => page.locator('ringback-form');
  const manageLink = (page: Page) => page.getByRole('link', { name: 'See or change' });
  const accepted = async (): Promise<Page> => {
    const page = await bench.open();
    await page.getByLabel('Your name').fill('Ada');
    await fillIn(page);
    await submit(page);
    await manageLink(page).waitFor();
    return page;
  };
  const loads = () => bench.api.requests.filter(({ path }) => path === '/v1/lines').length;

  it('stays where texts, topic or country are set', async () => {
    const page = await accepted();
    await form(page).evaluate((element) => {
      Object.assign(element, { strings: { en: { acceptedTitle: 'It is done' } } });
      element.setAttribute('line', 'support');
      element.setAttribute('country', 'CA');
    });
    await page.getByRole('heading', { name: 'It is done' }).waitFor();
    expect(await focusedName(page)).toBe('title');
    expect(await manageLink(page).getAttribute('href')).toBe(acceptedCall.manageUrl);
    expect(await page.getByLabel('Phone number').count()).toBe(0);
    await page.getByRole('button', { name: 'Ask for another call' }).click();
    expect(await page.getByLabel('What is it about?').inputValue()).toBe('support');
    expect(await page.getByLabel('Your name').inputValue()).toBe('Ada');
  });

  it('is told in the language that the element is given', async () => {
    const page = await accepted();
    await form(page).evaluate((element) => element.setAttribute('lang', 'de'));
    await page.getByRole('heading', { name: 'Wir rufen Sie an' }).waitFor();
    expect(await page.getByRole('link').getAttribute('href')).toBe(acceptedCall.manageUrl);
  });

  it('stays where the element is moved, or its API is another one that does not answer', async () => {
    const page = await accepted();
    await form(page).evaluate((element) => document.body.append(element));
    expect(loads()).toBe(1);
    bench.api.answers.set('GET /v1/lines', [problem(503, 'unavailable')]);
    await form(page).evaluate((element, api) => element.setAttribute('api', `${api}/`), bench.api.url);
    await expect.poll(loads).toBe(2);
    await page.waitForTimeout(200);
    expect(await manageLink(page).isVisible()).toBe(true);
    expect(await page.getByText('cannot be loaded').count()).toBe(0);
  });

  it('stays while it says that Webex has to confirm the end', async () => {
    bench.api.answers.set('DELETE /v1/callbacks/{}', [{ status: 202, body: { pending: 'cancel' } }]);
    const page = await accepted();
    await page.getByRole('button', { name: 'Cancel the call' }).click();
    await page.getByRole('button', { name: 'Yes, cancel the call' }).click();
    await page.getByRole('heading', { name: 'We are cancelling the call' }).waitFor();
    await form(page).evaluate((element) => document.body.append(element));
    expect(await page.getByRole('heading', { name: 'We are cancelling the call' }).isVisible()).toBe(true);
  });
});

it('is not asked again what was typed where the element is moved, and follows the language of its new place', async () => {
  const page = await bench.open();
  await fillIn(page);
  await page.locator('ringback-form').evaluate((element) => {
    const place = document.createElement('div');
    place.lang = 'de';
    document.body.append(place);
    place.append(element);
  });
  await page.getByRole('button', { name: 'Rufen Sie mich an' }).waitFor();
  expect(await page.locator('ringback-form input[type=tel]').inputValue()).toBe('(415) 555-0132');
  expect(bench.api.requests.filter(({ path }) => path === '/v1/lines')).toHaveLength(1);
});

describe('answers that cannot be used', () => {
  it('are told at their fields, and the first takes the focus', async () => {
    const page = await bench.open();
    await page.getByLabel('Phone number').fill('(415) 555');
    await submit(page);
    expect(await focusedName(page)).toBe('phone');
    const phone = page.getByLabel('Phone number');
    expect(await phone.getAttribute('aria-invalid')).toBe('true');
    expect(await phone.getAttribute('aria-describedby')).toContain('phone-error');
    expect(await page.getByText('This number has 6 digits. For United States it needs 10.').count()).toBeGreaterThan(0);
    expect(await page.getByText('Tick the box').isVisible()).toBe(true);
    expect(sent()).toHaveLength(0);
  });

  it('are said while typing, in plain words and not as an error', async () => {
    const page = await bench.open();
    await page.getByLabel('Phone number').pressSequentially('+44 20 7946');
    await page.getByText('We call numbers in United States and Canada only.').waitFor();
    expect(await page.getByLabel('Phone number').getAttribute('aria-invalid')).toBeNull();
  });

  it('are tied to their field by the JSON pointer of the server', async () => {
    bench.api.answers.set('POST /v1/callbacks', [problem(422, 'invalid-request', ['/phone'])]);
    const page = await bench.open();
    await listen(page);
    await fillIn(page);
    await submit(page);
    await page.getByText('We cannot use this number. Please check the country and every digit.').waitFor();
    expect(await focusedName(page)).toBe('phone');
    expect(await page.getByLabel('Phone number').inputValue()).toBe('(415) 555-0132');
    expect(await eventsOf(page)).toEqual([
      ['rejected', { status: 422, code: 'invalid-request', pointers: ['/phone'] }],
    ]);
  });

  it('never say why a number is not called', async () => {
    bench.api.answers.set('POST /v1/callbacks', [problem(422, 'number-not-callable')]);
    const page = await bench.open();
    await fillIn(page);
    await submit(page);
    await page.getByText('We cannot call this number. Please contact us in another way.').waitFor();
    expect(await focusedName(page)).toBe('phone');
  });

  it('include a consent to a wording that has changed: the new one is shown and not ticked', async () => {
    bench.api.answers.set('GET /v1/lines', [
      { status: 200, body: sampleLines },
      { status: 200, body: { ...sampleLines, consent: { version: '2027-01', wording: { en: 'A newer wording.' } } } },
    ]);
    bench.api.answers.set('POST /v1/callbacks', [
      problem(422, 'invalid-request', ['/consent/version']),
      { status: 202, body: acceptedCall },
    ]);
    const page = await bench.open();
    await fillIn(page);
    await submit(page);
    await page.getByText('The wording has changed').waitFor();
    expect(await page.getByLabel('A newer wording.').isChecked()).toBe(false);
    await page.getByLabel('A newer wording.').check();
    await submit(page);
    await page.getByRole('heading', { name: 'We will call you' }).waitFor();
    expect(sentBody()).toMatchObject({ consent: { version: '2027-01' } });
  });

  it('include a time that somebody else took meanwhile: the times are asked for again', async () => {
    const [, ...left] = [
      { date: '2026-11-23', from: '10:00', to: '10:30' },
      { date: '2026-11-23', from: '14:30', to: '15:00' },
    ];
    const page = await bench.open();
    await page.getByLabel('At a time that suits me').check();
    await page.getByLabel('Time', { exact: true }).selectOption('10:00');
    bench.api.answers.set('POST /v1/callbacks', [problem(409, 'slot-taken', ['/when'])]);
    bench.api.answers.set('GET /v1/lines/{}/slots', [
      { status: 200, body: { timeZone: 'America/Los_Angeles', slots: left } },
    ]);
    await fillIn(page);
    await submit(page);
    await page.getByText('This time has just been taken').waitFor();
    expect(await focusedName(page)).toBe('time');
    expect(await page.getByLabel('Time', { exact: true }).locator('option').allTextContents()).toHaveLength(1);
  });

  it('include a wanted time where none is free', async () => {
    bench.api.answers.set('GET /v1/lines/{}/slots', [
      { status: 200, body: { timeZone: 'America/Los_Angeles', slots: [] } },
    ]);
    const page = await bench.open();
    await page.getByLabel('At a time that suits me').check();
    await page.getByText('There are no free times').waitFor();
    await fillIn(page);
    await submit(page);
    await page.getByText('Choose a time.').waitFor();
    expect(sent()).toHaveLength(0);
  });
});

describe('when nothing can be had', () => {
  it('says so and offers to try again', async () => {
    bench.api.answers.set('GET /v1/lines', [problem(503, 'unavailable'), { status: 200, body: sampleLines }]);
    const page = await bench.open();
    await page.getByText('The form cannot be loaded right now').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByLabel('Phone number').waitFor();
    expect(await page.getByText('cannot be loaded').count()).toBe(0);
  });

  it('says that there were too many requests', async () => {
    bench.api.answers.set('POST /v1/callbacks', [{ status: 429, body: { message: 'Too Many Requests' } }]);
    const page = await bench.open();
    await fillIn(page);
    await submit(page);
    await page.getByText('There were too many requests').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('There were too many requests');
  });
});

describe('cancelling', () => {
  it('asks once more and cancels with the manage token', async () => {
    const page = await bench.open();
    await listen(page);
    await fillIn(page);
    await submit(page);
    await page.getByRole('button', { name: 'Cancel the call' }).click();
    expect(bench.api.requests.some(({ method }) => method === 'DELETE')).toBe(false);
    await page.getByRole('button', { name: 'Yes, cancel the call' }).click();
    await page.getByRole('heading', { name: 'The call is cancelled' }).waitFor();
    expect(await focusedName(page)).toBe('title');
    expect(bench.api.requests.at(-1)).toMatchObject({
      method: 'DELETE',
      path: `/v1/callbacks/${acceptedCall.id}?token=AAAAAAAAAAAAAAAAAAAAAA`,
    });
    expect(await eventsOf(page)).toEqual([
      ['accepted', { id: acceptedCall.id, status: 'accepted', callAfter: acceptedCall.callAfter, line: 'billing' }],
      ['cancelled', { id: acceptedCall.id }],
    ]);
  });

  it('does not say cancelled while Webex has not confirmed it', async () => {
    bench.api.answers.set('DELETE /v1/callbacks/{}', [{ status: 202, body: { pending: 'cancel' } }]);
    const page = await bench.open();
    await listen(page);
    await fillIn(page);
    await submit(page);
    await page.getByRole('button', { name: 'Cancel the call' }).click();
    await page.getByRole('button', { name: 'Yes, cancel the call' }).click();
    await page.getByRole('heading', { name: 'We are cancelling the call' }).waitFor();
    expect((await eventsOf(page)).at(-1)).toEqual(['cancelling', { id: acceptedCall.id }]);
  });

  it('tells when it is too late', async () => {
    bench.api.answers.set('DELETE /v1/callbacks/{}', [problem(409, 'too-late')]);
    const page = await bench.open();
    await fillIn(page);
    await submit(page);
    await page.getByRole('button', { name: 'Cancel the call' }).click();
    await page.getByRole('button', { name: 'Yes, cancel the call' }).click();
    await page.getByText('It is too late to change this').waitFor();
    expect(await page.getByRole('heading', { name: 'We will call you' }).isVisible()).toBe(true);
  });

  it('leads back to a form that keeps name and number but not the consent', async () => {
    const page = await bench.open();
    await page.getByLabel('Your name').fill('Ada');
    await fillIn(page);
    await submit(page);
    await page.getByRole('button', { name: 'Ask for another call' }).click();
    expect(await page.getByLabel('Your name').inputValue()).toBe('Ada');
    expect(await page.getByRole('checkbox').isChecked()).toBe(false);
  });
});

describe('what the form sends for the abuse screen', () => {
  const challenges = () => bench.api.requests.filter(({ path }) => path === '/v1/challenge').length;
  const proofs = () => sent().map(({ body }) => (JSON.parse(body) as { proof?: string }).proof);

  it('asks for a challenge when the form is touched, and brings it solved', async () => {
    const page = await bench.open();
    await page.getByLabel('Phone number').waitFor();
    expect(challenges()).toBe(0);
    await fillIn(page);
    await submit(page);
    await page.getByText('We will call').first().waitFor();
    expect(challenges()).toBe(1);
    const verifier = new AltchaProofs(() => Promise.resolve(stubSecret));
    expect(await verifier.verify(proofs()[0] ?? '', Date.now())).toMatchObject({ id: expect.any(String) as string });
    expect(sentBody()).not.toHaveProperty('website');
    expect((sentBody() as { filledMs: number }).filledMs).toBeGreaterThanOrEqual(1_000);
  });

  it('solves another one when the first is spent, with the same key', async () => {
    bench.api.answers.set('POST /v1/callbacks', [problem(422, 'proof-used'), { status: 202, body: acceptedCall }]);
    const page = await bench.open();
    await fillIn(page);
    await submit(page);
    await page.getByText('We will call').first().waitFor();
    expect(challenges()).toBe(2);
    expect(new Set(sent().map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('says what to do when that fails too', async () => {
    bench.api.answers.set('POST /v1/callbacks', [problem(422, 'proof-expired')]);
    const page = await bench.open();
    await fillIn(page);
    await submit(page);
    await page.getByText('The check against misuse did not work.').waitFor();
    expect(sent()).toHaveLength(2);
  });

  it('leaves it to the API where there is no challenge', async () => {
    bench.api.answers.set('GET /v1/challenge', [problem(503, 'internal-error')]);
    const page = await bench.open();
    await fillIn(page);
    await submit(page);
    await page.getByText('We will call').first().waitFor();
    expect(proofs()).toEqual([undefined]);
  });

  it.each([
    ['too-many-for-number', 429, 'There were too many requests for this number.'],
    ['number-type-not-called', 422, 'We call mobile and fixed-line numbers only.'],
    ['too-many-from-address', 429, 'There were too many requests from your network.'],
    ['full-today', 429, 'We take no more calls today.'],
    ['form-filled-by-program', 422, 'That was faster than people type.'],
    ['screen-unavailable', 503, 'We cannot take requests just now.'],
    ['origin-not-allowed', 403, 'This website may not send requests to us.'],
  ])('tells an honest person what to do: %s', async (code, status, words) => {
    bench.api.answers.set('POST /v1/callbacks', [problem(status, code)]);
    const page = await bench.open();
    await fillIn(page);
    await submit(page);
    await page.getByText(words).waitFor();
    expect(await page.getByRole('heading', { name: 'We will call you' }).count()).toBe(0);
  });

  it('sends what stands in the field that people do not see, and lets nobody tab into it', async () => {
    const page = await bench.open();
    await fillIn(page);
    const trap = page.locator('ringback-form input[name=website]');
    expect(await trap.getAttribute('tabindex')).toBe('-1');
    await trap.evaluate((input) => Object.assign(input, { value: 'https://spam.example' }));
    await submit(page);
    await page.getByText('We will call').first().waitFor();
    expect(sentBody()).toMatchObject({ website: 'https://spam.example' });
  });
});
