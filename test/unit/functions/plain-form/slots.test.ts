import { describe, expect, it } from 'vitest';
import sample from '../../../../ringback.config.ts';
import type { Call } from '../../../../src/calls/call.ts';
import { type PlainPages, createPlainPages, sendConfirmed } from '../../../support/plain-pages.ts';

const answers = {
  line: 'support',
  name: 'Ada Lovelace',
  country: 'US',
  phone: '(415) 555-0132',
  when: 'slot',
  reason: 'no dial tone',
  consent: 'yes',
  consentVersion: '2026-11',
  consentLanguage: 'en',
  key: 'key-of-this-page',
  lang: 'en',
};
type Fields = Partial<Record<keyof typeof answers | 'slot' | 'timeZone', string>>;
const post = (pages: PlainPages, changes: Fields = {}) => sendConfirmed(pages, { ...answers, ...changes });
const slot = '2026-11-24/10:00/10:30';
const booking = { slot, timeZone: 'America/Los_Angeles' };
const slotMs = Date.parse('2026-11-24T10:00:00-08:00');
const onlyCall = (pages: PlainPages): Call => {
  const [call] = pages.calls.all;
  if (!call) throw new Error('There is no call.');
  return call;
};
/** One line with slots of one place. */
const support = sample.lines['support'];
if (!support?.slots) throw new Error('The sample has slots.');
const narrow = {
  ...sample,
  lines: { ...sample.lines, support: { ...support, slots: { ...support.slots, capacity: 1 } } },
};

describe('a time on the form without JavaScript', () => {
  it('is chosen on a second page, which keeps what was typed and tells of no mistake', async () => {
    const { status, body } = await post(createPlainPages());

    expect(status).toBe(200);
    expect(body).toContain('<title>Ask us to call you – Example Energy</title>');
    expect(body).not.toContain('class="error"');
    expect(body).toContain('value="Ada Lovelace"');
    expect(body).toMatch(/id="consent"[^>]* checked/);
    expect(body).toMatch(/<select id="slot"[^>]* required autofocus><option value="">Choose a time.<\/option>/);
    expect(body).toMatch(new RegExp(`<option value="${slot}">Tuesday, November 24, 10:00.–.10:30.AM</option>`));
    expect(body).toContain('Times are in Pacific Standard Time.');
  });

  it('is in the zone of the number, and only where calling it is lawful', async () => {
    const { body } = await post(createPlainPages(), { phone: '(212) 555-0132' });

    expect(body).toContain('Times are in Eastern Standard Time.');
    // The line is open until 21:00 in California, which is midnight in New York.
    expect(body).toContain('<option value="2026-11-24/20:30/21:00">');
    expect(body).not.toContain('2026-11-24/21:00/21:30');
  });

  it('is in the zone of the line where the number may ring in several', async () => {
    const { body } = await post(createPlainPages(), { phone: '(850) 555-0132' });

    expect(body).toContain('Times are in Pacific Standard Time.');
    // Part of Florida is in the Central zone, part in the Eastern: lawful in both is from six to six in California.
    expect(body).toContain('<option value="2026-11-24/17:30/18:00">');
    expect(body).not.toContain('2026-11-24/18:00/18:30');
  });

  it('is shown beside what else has to be put right', async () => {
    const { status, body } = await post(createPlainPages(), { phone: '415', consent: '' });

    expect(status).toBe(422);
    expect(body).toContain('id="phone-error"');
    expect(body).toContain('id="consent-error"');
    expect(body).not.toContain('id="slot-error"');
    expect(body).toContain(`<option value="${slot}">`);
  });

  it('has to be chosen once times are shown', async () => {
    const { status, body } = await post(createPlainPages(), { slot: '', timeZone: 'America/Los_Angeles' });

    expect(status).toBe(422);
    expect(body).toContain('<p class="error" id="slot-error">Choose a time.</p>');
  });

  it('says so where the topic has none', async () => {
    const { status, body } = await post(createPlainPages(), { line: 'billing' });

    expect(status).toBe(200);
    expect(body).toContain('There are no free times for this topic right now.');
    expect(body).not.toContain('next page');
  });

  it('books the place', async () => {
    const pages = createPlainPages();

    const { status } = await post(pages, booking);

    expect(status).toBe(303);
    expect(onlyCall(pages)).toMatchObject({ dueAtMs: slotMs, slot: { fromMs: slotMs, toMs: slotMs + 1_800_000 } });
  });

  it('is no evidence of where the person is', async () => {
    const pages = createPlainPages();

    await post(pages, booking);

    expect(onlyCall(pages).customer).toEqual({ name: 'Ada Lovelace', reason: 'no dial tone' });
  });

  it('comes back with an error and a fresh list when somebody else was faster', async () => {
    const pages = createPlainPages(narrow);
    await post(pages, booking);

    const { status, body } = await post(pages, { ...booking, phone: '(415) 555-0133', key: 'key-of-another-page' });

    expect(status).toBe(409);
    expect(body).toContain('<title>Problem – ');
    expect(body).toContain(
      '<p class="error" id="slot-error">This time has just been taken. Please choose another one.</p>',
    );
    expect(body).toContain('value="(415) 555-0133"');
    expect(body).not.toContain(`value="${slot}"`);
    expect(body).toContain('<option value="2026-11-24/10:30/11:00">');
    expect(pages.calls.all).toHaveLength(1);
  });

  it('comes back with an error when it is no slot of the topic', async () => {
    const { status, body } = await post(createPlainPages(), { ...booking, slot: '2026-11-24/10:10/10:40' });

    expect(status).toBe(422);
    expect(body).toContain('id="slot-error">We cannot call at this time. Please choose another one.</p>');
  });
});

describe('the wait on the form without JavaScript', () => {
  it('is told for each topic that knows it', async () => {
    const pages = createPlainPages();
    pages.waitSeconds = 230;

    const { body } = await pages.answer('GET', '/callback');

    expect(body).toContain('Technical support: At the moment the wait is about 4 minutes.');
    expect(body).not.toContain('Billing: ');
  });

  it('is told in the language of the page', async () => {
    const pages = createPlainPages();
    pages.waitSeconds = 60;

    const { body } = await pages.answer('GET', '/callback?lang=de');

    expect(body).toContain('Technical support: Im Augenblick beträgt die Wartezeit etwa 1 Minute.');
  });

  it('is left out where nobody knows it', async () => {
    const { body } = await createPlainPages().answer('GET', '/callback');

    expect(body).not.toContain('id="when-now-hint"');
  });
});

describe('the page behind the manage link of a call in a slot', () => {
  const booked = async (pages = createPlainPages()) => {
    const { headers } = await post(pages, booking);
    const location = headers['location'] ?? '';
    const token = new URL(location, 'https://x').searchParams.get('token') ?? '';
    const change = (fields: Record<string, string>) =>
      pages.answer(
        'POST',
        `/callback/${onlyCall(pages).id}`,
        String(new URLSearchParams({ token, lang: 'en', ...fields })),
      );
    return { pages, location, change };
  };
  const later = { change: 'move', slot: '2026-11-24/11:00/11:30', timeZone: 'America/Los_Angeles' };

  it('offers the free times in the same zone', async () => {
    const { pages, location } = await booked();

    const { body } = await pages.answer('GET', location);

    expect(body).toMatch(/from Tuesday, November 24 at 10:00.AM \(Pacific Standard Time\)/);
    expect(body).toContain('<option value="2026-11-24/11:00/11:30">');
    expect(body).toContain('Move the call');
  });

  it('moves it, with its place', async () => {
    const { pages, change } = await booked();

    expect((await change(later)).status).toBe(303);
    expect(onlyCall(pages).slot?.fromMs).toBe(slotMs + 3_600_000);
    expect(pages.calls.taken('support', slotMs)).toBe(0);
  });

  it('shows at the field that the time was taken meanwhile, with what is free now', async () => {
    const { pages, change } = await booked(createPlainPages(narrow));
    const call = onlyCall(pages);
    const fromMs = slotMs + 3_600_000;
    pages.calls.put({ ...call, id: 'other', slot: { fromMs, toMs: fromMs + 1_800_000 } });

    const { status, body } = await change(later);

    expect(status).toBe(409);
    expect(body).toContain('id="slot-error">This time has just been taken. Please choose another one.</p>');
    expect(body).not.toContain('value="2026-11-24/11:00/11:30"');
    expect(body).toContain('<option value="2026-11-24/11:30/12:00">');
    expect(onlyCall(pages).slot?.fromMs).toBe(slotMs);
  });

  it('offers none where the call cannot be moved any more', async () => {
    const { pages, location } = await booked();
    pages.calls.put({ ...onlyCall(pages), status: 'dialing' });

    const { body } = await pages.answer('GET', location);

    expect(body).not.toContain('<select');
  });
});
