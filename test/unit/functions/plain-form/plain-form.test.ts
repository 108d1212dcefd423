import { describe, expect, it } from 'vitest';
import type { Call } from '../../../../src/calls/call.ts';
import {
  type PlainPages,
  createPlainPages,
  hiddenFields,
  noonMs,
  sendConfirmed,
  sendForm,
} from '../../../support/plain-pages.ts';
import { defineConfig } from '../../../../src/settings/define-config.ts';
import sample from '../../../../ringback.config.ts';

const answers = {
  line: 'billing',
  name: 'Ada Lovelace',
  country: 'US',
  phone: '(415) 555-0132',
  when: 'now',
  reason: 'invoice 4411',
  consent: 'yes',
  consentVersion: '2026-11',
  key: 'key-of-this-page',
  lang: 'en',
};
type Answers = Partial<Record<keyof typeof answers | 'website' | 'shownAt' | 'change', string>>;
const first = (pages: PlainPages, changes: Answers = {}) => sendForm(pages, { ...answers, ...changes });
const post = (pages: PlainPages, changes: Answers = {}) => sendConfirmed(pages, { ...answers, ...changes });
const onlyCall = (pages: PlainPages): Call => {
  const [call] = pages.calls.all;
  if (!call) throw new Error('There is no call.');
  return call;
};

describe('GET /callback', () => {
  it('shows the form in the language of the browser, with the exact wording', async () => {
    const { status, body } = await createPlainPages().answer('GET', '/callback?line=support', '', {
      'accept-language': 'pt;q=0.9, de-CH, en',
    });
    expect(status).toBe(200);
    expect(body).toContain('<html lang="de-CH">');
    expect(body).toContain('Rufen Sie mich an');
    expect(body).toContain('I ask Example Energy to call me at the number above about my request.');
    expect(body).toContain('<option value="support" selected>');
  });

  it('lets nothing run and nothing load but its own style', async () => {
    const { headers, body } = await createPlainPages().answer('GET', '/callback');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]+'; /);
    expect(headers['content-security-policy']).toContain("form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    expect(body).not.toMatch(/<script|javascript:|\son\w+=|style="/i);
  });

  it.each(['line', 'country', 'lang'])('shows nothing of a %s that it does not know', async (name) => {
    const { body } = await createPlainPages().answer('GET', `/callback?${name}=%22%3E%3Cscript%3Ealert(1)`);
    expect(body).not.toContain('alert(1)');
  });
});

describe('POST /v1/callbacks with a form', () => {
  it('takes the call and leads to its status page', async () => {
    const pages = createPlainPages();
    const { status, headers } = await post(pages);
    const call = onlyCall(pages);
    expect(status).toBe(303);
    expect(headers['location']).toMatch(new RegExp(`^/callback/${call.id}\\?token=[\\w-]{22}&lang=en$`));
    expect(call).toMatchObject({
      number: '+14155550132',
      line: 'billing',
      status: 'accepted',
      customer: { name: 'Ada Lovelace', reason: 'invoice 4411' },
    });
  });

  it('leads to the same page when it is sent twice', async () => {
    const pages = createPlainPages();
    const [one, other] = [await post(pages), await post(pages)];
    expect(other.headers['location']).toBe(one.headers['location']);
    expect(pages.calls.all).toHaveLength(1);
  });

  it('shows what will happen before it does', async () => {
    const pages = createPlainPages();
    const { status, body } = await first(pages, { reason: 'one\r\ntwo "<b>"' });
    expect(status).toBe(200);
    expect(pages.calls.all).toEqual([]);
    expect(body).toContain('<bdi dir="ltr">+1 415 555 0132</bdi>');
    expect(body).toContain('<dd>Billing</dd>');
    expect(body).toContain('<dd>As soon as possible</dd>');
    expect(body).not.toContain('<b>"');
  });

  it('takes a confirmation for exactly what was shown', async () => {
    const pages = createPlainPages();
    const shown = hiddenFields(await first(pages));
    const changes: Record<string, string>[] = [
      { phone: '(415) 555-0199' },
      { line: 'support' },
      { key: 'another-key-of-mine' },
    ];
    for (const changed of changes) {
      const { status, body } = await sendForm(pages, { ...shown, ...changed });
      expect(status).toBe(200);
      expect(body).toContain('Is everything right?');
    }
    expect(pages.calls.all).toEqual([]);
  });

  it('asks once more when the confirmation is too old', async () => {
    const pages = createPlainPages();
    const shown = hiddenFields(await first(pages));
    pages.nowMs += 600_000;
    expect((await sendForm(pages, shown)).body).toContain('Is everything right?');
    expect(pages.calls.all).toEqual([]);
  });

  it('makes one call of a confirmation, however often it is sent', async () => {
    const pages = createPlainPages();
    const shown = hiddenFields(await first(pages));
    const location = (await sendForm(pages, shown)).headers['location'];
    const [call] = pages.calls.all;
    if (call) pages.calls.put({ ...call, status: 'cancelled', endedAtMs: pages.nowMs });
    expect((await sendForm(pages, shown)).headers['location']).toBe(location);
    expect(pages.calls.all).toHaveLength(1);
  });

  it('makes a key of its own where the page brought none', async () => {
    const pages = createPlainPages();
    expect(hiddenFields(await first(pages, { key: '' }))['key']).toMatch(/^[\w-]{22}$/);
  });

  it('lets the person change something, with everything as it was', async () => {
    const pages = createPlainPages();
    const { status, body } = await sendForm(pages, { ...hiddenFields(await first(pages)), change: 'yes' });
    expect(status).toBe(200);
    expect(body).toContain('value="Ada Lovelace"');
    expect(body).toMatch(/id="consent"[^>]* checked/);
    expect(body).not.toContain('role="alert"');
  });

  it.each<readonly [string, Answers]>([
    ['fills in what people do not see', { website: 'https://spam.example' }],
    ['sends it at once', { shownAt: String(noonMs - 200) }],
    ['says that it was shown later than now', { shownAt: String(noonMs + 5_000) }],
  ])('is not for a program that %s', async (_what, changes) => {
    const pages = createPlainPages();
    const { status, body } = await post(pages, changes);
    expect(status).toBe(422);
    expect(body).toContain('That was faster than people type.');
    expect(pages.calls.all).toEqual([]);
  });

  it('takes a form that was open for a while, and keeps since when', async () => {
    const pages = createPlainPages();
    const shownAt = String(noonMs - 60_000);
    expect(hiddenFields(await first(pages, { shownAt }))['shownAt']).toBe(shownAt);
    expect((await post(pages, { shownAt })).status).toBe(303);
  });

  it('is not for another site', async () => {
    const body = String(new URLSearchParams(answers));
    const from = (origin: string) => createPlainPages().answer('POST', '/v1/callbacks', body, { origin });
    await expect(from('https://evil.example')).rejects.toMatchObject({ code: 'origin-not-allowed' });
    expect((await from('https://api.example.com')).status).toBe(200);
    expect((await from('https://www.example.com')).status).toBe(200);
  });

  it('says what else to do where the settings turn it off', async () => {
    const pages = createPlainPages(defineConfig({ ...sample, screen: { plainForm: false } }));
    for (const answer of [await pages.answer('GET', '/callback'), await first(pages)]) {
      expect(answer.status).toBe(404);
      expect(answer.body).toContain('<a href="https://www.example.com">To our website</a>');
    }
    expect(pages.calls.all).toEqual([]);
  });

  it('shows the form again with what was typed and what is wrong', async () => {
    const pages = createPlainPages();
    const { status, body } = await post(pages, { phone: '"><b>415', reason: '</textarea><script>x', consent: '' });
    expect(status).toBe(422);
    expect(body).toContain('<title>Problem – Ask us to call you – Example Energy</title>');
    expect(body).toContain('value="&quot;&gt;&lt;b&gt;415"');
    expect(body).toContain('&lt;/textarea&gt;&lt;script&gt;x</textarea>');
    expect(body).toContain('A phone number has digits only');
    expect(body).toMatch(
      /<input type="checkbox" id="consent"[^>]*aria-describedby="consent-error" aria-invalid="true">/,
    );
    expect(pages.calls.all).toHaveLength(0);
  });

  it('shows what only the server knows at its field', async () => {
    const { status, body } = await post(createPlainPages(), { phone: '(415) 055-0132' });
    expect(status).toBe(422);
    expect(body).toContain('We cannot use this number. Please check the country and every digit.');
  });

  it('says the same of every number that is not called, whatever the reason', async () => {
    const pages = createPlainPages();
    pages.listed.add('+14155550132');
    const { status, body } = await post(pages);
    expect(status).toBe(422);
    expect(body).toContain('We cannot call this number. Please contact us in another way.');
  });

  it('shows the wording in force when the one that was agreed to is not any more', async () => {
    const { status, body } = await post(createPlainPages(), { consentVersion: '2025-01' });
    expect(status).toBe(422);
    expect(body).toContain('The wording has changed.');
    expect(body).toContain('name="consentVersion" value="2026-11"');
    expect(body).not.toMatch(/id="consent"[^>]* checked/);
  });

  it('shows nothing of the call of who asked first', async () => {
    const pages = createPlainPages();
    await post(pages);
    const { status, headers, body } = await post(pages, { key: 'key-of-another-page' });
    expect(status).toBe(202);
    expect(headers['location']).toBeUndefined();
    expect(body).toContain('There is a request for this number already.');
    expect(body).not.toContain(onlyCall(pages).id);
  });

  it('takes no form that is longer than ours', async () => {
    await expect(first(createPlainPages(), { reason: 'x'.repeat(17_000) })).rejects.toMatchObject({
      code: 'body-too-large',
    });
  });
});

describe('the page behind the manage link', () => {
  const accepted = async () => {
    const pages = createPlainPages();
    const { headers } = await post(pages);
    const location = headers['location'] ?? '';
    const token = new URL(location, 'https://x').searchParams.get('token') ?? '';
    const path = `/callback/${onlyCall(pages).id}`;
    const change = (fields: Record<string, string>) =>
      pages.answer('POST', path, String(new URLSearchParams({ token, lang: 'en', ...fields })));
    return { pages, location, token, path, change };
  };

  it('tells what will happen', async () => {
    const { pages, location } = await accepted();
    const { status, headers, body } = await pages.answer('GET', location);
    expect(status).toBe(200);
    expect(body).toContain('We will call you as soon as somebody is free.');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['referrer-policy']).toBe('same-origin');
  });

  it('tells day, time and zone of a call that comes later', async () => {
    const { pages, location } = await accepted();
    const dueAtMs = Date.parse('2026-11-24T10:00:00-08:00');
    pages.calls.put({ ...onlyCall(pages), dueAtMs, customer: { timeZone: 'America/Los_Angeles' } });
    const { body } = await pages.answer('GET', location);
    expect(body).toMatch(/from Tuesday, November 24 at 10:00.AM \(Pacific Standard Time\)/);
  });

  it.each([
    ['without a token', '?token='],
    ['with a token of the wrong length', '?token=abc'],
    ['with somebody else’s token', '?token=AAAAAAAAAAAAAAAAAAAAAA'],
  ])('is not there %s', async (_name, query) => {
    const { pages, path } = await accepted();
    const { status, body } = await pages.answer('GET', path + query);
    expect(status).toBe(404);
    expect(body).toContain('There is nothing here');
  });

  it('cancels', async () => {
    const { pages, location, change } = await accepted();
    const { status, headers } = await change({ change: 'cancel' });
    expect([status, headers['location']]).toEqual([303, location]);
    expect(onlyCall(pages)).toMatchObject({ status: 'cancelled', outcome: 'cancelled-by-person' });
    const { body } = await pages.answer('GET', location);
    expect(body).toContain('The call is cancelled.');
    expect(body).not.toContain('<form');
  });

  it('moves the call to a slot and says so', async () => {
    const { pages, change } = await accepted();
    const slot = { change: 'move', slot: '2026-11-24/10:00/10:30', timeZone: 'America/Los_Angeles' };
    const { status, headers } = await change(slot);
    expect(status).toBe(303);
    expect(onlyCall(pages)).toMatchObject({ status: 'waiting', dueAtMs: Date.parse('2026-11-24T10:00:00-08:00') });
    const { body } = await pages.answer('GET', headers['location'] ?? '');
    expect(body).toContain('The call has been moved.');
    expect(body).toContain('Call me as soon as possible');
  });

  it.each([
    ['a day that does not exist', '2026-02-30/10:00/10:30', 'America/Los_Angeles'],
    ['a time that is over', '2026-11-20/10:00/10:30', 'America/Los_Angeles'],
    ['a zone that does not exist', '2026-11-24/10:00/10:30', 'Mars/Base'],
    ['no time', '', 'America/Los_Angeles'],
    ['something else', 'tomorrow', ''],
  ])('does not move the call to %s', async (_name, slot, timeZone) => {
    const { pages, change } = await accepted();
    const { status, body } = await change({ change: 'move', slot, timeZone });
    expect(status).toBe(422);
    expect(body).toContain('We cannot call at this time.');
    expect(onlyCall(pages).dueAtMs).toBe(noonMs);
  });

  it.each([
    ['cancel', { change: 'cancel' }, 'The phone system has been told to cancel the call.'],
    [
      'move',
      { change: 'move', slot: '2026-11-25/10:00/10:30', timeZone: 'America/Los_Angeles' },
      'The phone system has been told to move the call.',
    ],
  ])('does not claim what Webex has not confirmed: %s', async (_what, asked, words) => {
    const { pages, change } = await accepted();
    const window = { fromMs: noonMs + 86_400_000, toMs: noonMs + 90_000_000 };
    pages.calls.put({ ...onlyCall(pages), status: 'placed', heldBy: 'webex', window });

    const { status, headers } = await change(asked);
    const { body } = await pages.answer('GET', headers['location'] ?? '');

    expect(status).toBe(303);
    expect(onlyCall(pages).withdrawal?.plan.do).toBe(asked.change);
    expect(body).toContain(words);
    expect(body).not.toContain('The call has been moved.');
    expect(body).not.toContain('<form');
  });

  it('tells when it is too late', async () => {
    const { pages, change } = await accepted();
    pages.calls.put({ ...onlyCall(pages), status: 'dialing' });
    const { status, body } = await change({ change: 'cancel' });
    expect(status).toBe(409);
    expect(body).toContain('It is too late to change this');
    expect(body).toContain('We are calling you right now.');
  });

  it('changes nothing for who does not hold the token', async () => {
    const { pages, path } = await accepted();
    const { status } = await pages.answer('POST', path, 'token=AAAAAAAAAAAAAAAAAAAAAA&change=cancel');
    expect(status).toBe(404);
    expect(onlyCall(pages).status).toBe('accepted');
  });
});
