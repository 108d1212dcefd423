import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AuthorizeLinkSchema } from '../../events/authorize-link/schema.ts';
import { CallRecordViewSchema } from '../../events/call-record/schema.ts';
import settings from '../../ringback.config.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningStack, startStack } from '../support/running-stack.ts';

/** A browser as far as the sign-in needs one: it keeps cookies for each origin and follows no redirect by itself. */
class Browser {
  readonly #cookies = new Map<string, string>();

  async open(
    url: string,
    form?: Record<string, string>,
  ): Promise<{ status: number; text: string; location: string; headers: Headers }> {
    const { origin } = new URL(url);
    const cookie = this.#cookies.get(origin);
    const response = await fetch(url, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      ...(form && { body: new URLSearchParams(form) }),
      ...(cookie !== undefined && { headers: { cookie } }),
    });
    for (const set of response.headers.getSetCookie()) this.#cookies.set(origin, set.split(';')[0] ?? '');
    const location = response.headers.get('location');
    return {
      status: response.status,
      text: await response.text(),
      location: location === null ? '' : new URL(location, url).href,
      headers: response.headers,
    };
  }
}

describe('the sign-in to Webex', () => {
  let folder: string;
  let stack: RunningStack;

  const link = async (): Promise<string> => {
    const answer = await stack.asOperator('POST', '/v1/webex/authorize-link');
    expect(answer.status).toBe(201);
    return AuthorizeLinkSchema.parse(await answer.json()).url;
  };
  /** From the operator's link to the address that Webex sends the browser back to. */
  const goToWebex = async (browser: Browser, decision: 'allow' | 'deny' = 'allow'): Promise<string> => {
    const started = await browser.open(await link());
    const asked = await browser.open(started.location);
    const signIn = /name="signIn" value="([^"]+)"/.exec(asked.text)?.[1] ?? '';
    return (await browser.open(new URL('/v1/authorize', started.location).href, { signIn, decision })).location;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ringback-sign-in-'));
    stack = await startStack(join(folder, 'data'), ['--signed-out', '--clock', '2026-11-23T12:00:00-08:00']);
  });

  beforeEach(async () => {
    await stack.configureWebex({
      signInOrganizationId: settings.organization.id,
      authorizationCodeLifetimeSeconds: 60,
    });
  });

  afterAll(async () => {
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('lets a call wait, and has it placed after the administrator has signed in', async () => {
    const number = '+14155552001';
    const requested = await fetch(`${stack.api}/v1/callbacks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ phone: number, line: 'billing', consent: { version: '2026-11', accepted: true } }),
    });
    const { id } = (await requested.json()) as { id: string };
    const record = async () =>
      CallRecordViewSchema.parse(await (await stack.asOperator('GET', `/v1/calls/${id}`)).json());
    const waiting = await eventually(async () => {
      const seen = await record();
      return seen.attempts.some(({ status }) => status === 'absent') ? seen : undefined;
    });
    const browser = new Browser();

    const started = await browser.open(await link());
    const finished = await browser.open(await goToWebex(browser));

    expect(waiting).toMatchObject({ status: 'waiting' });
    expect(waiting.attempts[0]?.detail).toContain('Nobody has signed in to Webex yet');
    expect(started.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Lax; Max-Age=600/);
    expect(new URL(started.location).searchParams.get('scope')).toBe(
      'cjp:user cjp:config_read cjp:config cjp:config_write',
    );
    expect(finished).toMatchObject({ status: 200, text: expect.stringContaining('Signed in to Webex') as string });
    const task = await eventually(async () => (await stack.tasks()).find((found) => found.number === number), 60_000);
    expect(task.attributes['ringback_attempt']).toContain(id);
  }, 90_000);

  it('asks operators for their token before it gives a link', async () => {
    const answer = await fetch(`${stack.api}/v1/webex/authorize-link`, { method: 'POST' });

    expect(answer.status).toBe(401);
  });

  it('tells who comes without a link how to get one, on a page that loads nothing', async () => {
    const shown = await new Browser().open(`${stack.api}/oauth/authorize`);

    expect(shown.status).toBe(400);
    expect(shown.text).toContain('/v1/webex/authorize-link');
    expect(shown.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    expect(shown.headers.get('cache-control')).toBe('no-store');
  });

  it('takes a link once', async () => {
    const url = await link();
    const first = await new Browser().open(url);

    const second = await new Browser().open(url);

    expect([first.status, second.status]).toEqual([302, 410]);
  });

  it('takes an answer once, code and all', async () => {
    const browser = new Browser();
    const back = await goToWebex(browser);
    const first = await browser.open(back);

    const replayed = await browser.open(back);

    expect([first.status, replayed.status]).toEqual([200, 400]);
    expect(replayed.text).toContain('This sign-in is over');
  });

  it.each([
    ['a state of nobody', (url: URL) => url.searchParams.set('state', 'A'.repeat(43)), 'This sign-in is over'],
    ['no state', (url: URL) => url.searchParams.delete('state'), 'This sign-in is over'],
    [
      'a code that Webex did not give',
      (url: URL) => url.searchParams.set('code', 'guessed'),
      'Webex did not take the code',
    ],
  ])('refuses %s', async (_what, tamper, words) => {
    const browser = new Browser();
    const back = new URL(await goToWebex(browser));
    tamper(back);

    const shown = await browser.open(back.href);

    expect(shown.status).toBe(400);
    expect(shown.text).toContain(words);
    expect(shown.text).toContain('Nothing was stored');
  });

  it('refuses an answer that another browser brings', async () => {
    const back = await goToWebex(new Browser());

    const shown = await new Browser().open(back);

    expect(shown.text).toContain('belongs to another browser');
  });

  it('says that access was denied', async () => {
    const browser = new Browser();

    const shown = await browser.open(await goToWebex(browser, 'deny'));

    expect(shown).toMatchObject({ status: 403, text: expect.stringContaining('Access was denied') as string });
  });

  it('refuses a token of another organization, and leaves the stored one in force', async () => {
    await stack.configureWebex({ signInOrganizationId: '97cdbf45-ebe2-4687-8341-44d5c7abf101' });
    const browser = new Browser();

    const shown = await browser.open(await goToWebex(browser));

    expect(shown.status).toBe(403);
    expect(shown.text).toContain('97cdbf45-ebe2-4687-8341-44d5c7abf101');
    const requested = await fetch(`${stack.api}/v1/callbacks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ phone: '+14155552002', line: 'billing', consent: { version: '2026-11', accepted: true } }),
    });
    expect(requested.status).toBe(202);
    await eventually(async () => (await stack.tasks()).find(({ number }) => number === '+14155552002'));
  });

  it('says that the code has expired', async () => {
    await stack.configureWebex({ authorizationCodeLifetimeSeconds: 1 });
    const browser = new Browser();
    const back = await goToWebex(browser);
    await new Promise((resolve) => setTimeout(resolve, 1_100));

    const shown = await browser.open(back);

    expect(shown.text).toContain('Webex did not take the code');
  });

  it('shows an error code of the address as text', async () => {
    const browser = new Browser();
    const back = new URL(await goToWebex(browser));
    back.searchParams.delete('code');
    back.searchParams.set('error', '<script>alert(1)</script>');

    const shown = await browser.open(back.href);

    expect(shown.status).toBe(502);
    expect(shown.text).not.toContain('<script>');
  });
});
