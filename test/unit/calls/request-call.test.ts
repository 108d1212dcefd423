import { describe, expect, it } from 'vitest';
import { type RequestCallCommand, idempotencyMs, requestCall } from '../../../src/calls/request-call.ts';
import { holdsToken } from '../../../src/calls/read-call.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { Bench, hourMs, minuteMs, settings, startMs } from './bench.ts';

const command: RequestCallCommand = {
  phone: '(415) 555-0132',
  country: 'US',
  line: 'billing',
  when: 'now',
  customer: { name: 'Ada', timeZone: 'America/Los_Angeles' },
  consent: { version: '1', evidence: { clientAddress: '192.0.2.1', language: 'en' } },
};
const keyed = { ...command, idempotencyKey: 'key-of-this-form' };

describe('requestCall', () => {
  it('writes call, lock and decision, and gives a manage token that is stored as its hash only', async () => {
    const bench = new Bench();

    const requested = await requestCall(bench.deps, command);

    const manageToken = requested.ok ? (requested.value.manageToken ?? '') : '';
    expect(manageToken).toMatch(/^[\w-]{22}$/);
    expect(bench.call()).toMatchObject({
      status: 'accepted',
      number: '+14155550132',
      dueAtMs: startMs,
      expiresAtMs: startMs + 72 * hourMs,
      manageTokenSha256: sha256(manageToken),
    });
    expect(bench.ledger.openCallIds('+14155550132', ['billing'])).toEqual(['call-1']);
    expect(bench.ledger.record('call-1')?.decisions).toHaveLength(1);
  });

  it('keeps what proves the consent: the hash of the wording that was shown', async () => {
    const bench = new Bench();

    await requestCall(bench.deps, command);

    expect(bench.call().bases).toMatchObject([
      {
        type: 'request',
        startMs,
        evidence: {
          clientAddress: '192.0.2.1',
          wordingVersion: '1',
          wordingSha256: sha256('I ask to be called at the number above.'),
        },
      },
    ]);
  });

  it.each([
    ['de', 'de', 'Ich bitte um einen Anruf unter dieser Nummer.'],
    [undefined, 'en', 'I ask to be called at the number above.'],
  ])('keeps the language that was shown, for %s', async (language, kept, wording) => {
    const bench = new Bench();
    const wordings = { '1': { en: 'I ask to be called at the number above.', de: wording } };
    const deps = { ...bench.deps, settings: { ...settings, consent: { current: '1', wordings } } };
    const evidence = { originPage: 'https://www.example.com/help', ...(language && { language }) };

    await requestCall(deps, { ...command, consent: { version: '1', evidence } });

    expect(bench.call().bases[0]?.evidence).toEqual({
      atMs: startMs,
      language: kept,
      originPage: 'https://www.example.com/help',
      wordingVersion: '1',
      wordingSha256: sha256(wording),
    });
  });

  it('is due when the policy defers to', async () => {
    const bench = new Bench();
    bench.decide = () => ({ verdict: 'defer', untilMs: startMs + 14 * hourMs });

    await requestCall(bench.deps, command);

    expect(bench.call()).toMatchObject({ status: 'accepted', dueAtMs: startMs + 14 * hourMs });
  });

  it.each([
    ['the policy denies', { verdict: 'deny' } as const],
    ['no lawful instant is left before its end', { verdict: 'defer', untilMs: startMs + 73 * hourMs } as const],
  ])('refuses with one word and keeps the verdict on record where %s', async (_why, verdict) => {
    const bench = new Bench();
    bench.decide = () => verdict;

    const requested = await requestCall(bench.deps, command);

    expect(requested).toEqual({ ok: false, failure: { code: 'number-not-callable' } });
    expect(bench.call()).toMatchObject({ status: 'refused', endedAtMs: startMs });
    expect(bench.call().checkAtMs).toBeUndefined();
    expect(bench.ledger.openCallIds('+14155550132', ['billing'])).toEqual([]);
  });

  it('answers the same whether the number is suppressed or just not callable', async () => {
    const suppressed = new Bench();
    suppressed.lists = [{ list: 'internal', state: 'listed' }];
    suppressed.decide = () => ({ verdict: 'deny' });
    const other = new Bench();
    other.decide = () => ({ verdict: 'deny' });

    expect(await requestCall(suppressed.deps, command)).toEqual(await requestCall(other.deps, command));
    expect(suppressed.call().outcome).toBe('suppressed');
  });

  it('gives who asks for the same number and line the same call, and no manage token', async () => {
    const bench = new Bench();
    await requestCall(bench.deps, command);

    const repeated = await requestCall(bench.deps, { ...command, phone: '+1 415 555 0132' });

    expect(repeated).toMatchObject({ ok: true, value: { call: { id: 'call-1' } } });
    expect(repeated.ok && repeated.value.manageToken).toBeUndefined();
  });

  it('makes a second call for another line, and for the same one when the first is over', async () => {
    const bench = new Bench();
    await requestCall(bench.deps, command);

    const otherLine = await requestCall(bench.deps, { ...command, line: 'support' });
    bench.ledger.locks.delete('+14155550132#billing');
    const later = await requestCall(bench.deps, command);

    expect(otherLine).toMatchObject({ ok: true, value: { call: { id: 'call-2' } } });
    expect(later).toMatchObject({ ok: true, value: { call: { id: 'call-3' } } });
  });
});

describe('requestCall with an idempotency key', () => {
  it('repeats call and manage token', async () => {
    const bench = new Bench();
    const first = await requestCall(bench.deps, keyed);

    const second = await requestCall(bench.deps, keyed);

    expect(second).toEqual(first);
    expect(bench.ledger.rows.size).toBe(1);
  });

  it('repeats them after the call is over too, until 24 hours have passed', async () => {
    const bench = new Bench();
    const first = await requestCall(bench.deps, keyed);
    bench.ledger.locks.clear();
    bench.nowMs = startMs + idempotencyMs - 1;

    const repeated = await requestCall(bench.deps, keyed);
    bench.nowMs = startMs + idempotencyMs;
    const anew = await requestCall(bench.deps, keyed);

    expect(repeated).toEqual(first);
    expect(anew.ok && anew.value.call.requestedAtMs).toBe(startMs + idempotencyMs);
  });

  it('refuses the key with another request', async () => {
    const bench = new Bench();
    await requestCall(bench.deps, keyed);

    const other = await requestCall(bench.deps, { ...keyed, phone: '(415) 555-0133' });

    expect(other).toEqual({ ok: false, failure: { code: 'idempotency-key-reused' } });
  });

  it('gives both of two requests at the same time the same call and manage token', async () => {
    const bench = new Bench();

    const [one, other] = await Promise.all([requestCall(bench.deps, keyed), requestCall(bench.deps, keyed)]);

    expect(one.ok && other.ok && one.value.call.id === other.value.call.id).toBe(true);
    expect(one.ok && one.value.manageToken).toBe(other.ok && other.value.manageToken);
    expect(one.ok && holdsToken(one.value.call, one.value.manageToken ?? '')).toBe(true);
  });

  it('repeats the answer that led to the open call of somebody else, without its manage token', async () => {
    const bench = new Bench();
    await requestCall(bench.deps, command);
    const first = await requestCall(bench.deps, keyed);
    bench.ledger.locks.clear();

    const second = await requestCall(bench.deps, keyed);

    expect(first).toMatchObject({ ok: true, value: { call: { id: 'call-1' } } });
    expect(second).toEqual(first);
    expect(second.ok && second.value.manageToken).toBeUndefined();
  });

  it('repeats a refusal even where the number could be called by now', async () => {
    const bench = new Bench();
    bench.decide = () => ({ verdict: 'deny' });
    await requestCall(bench.deps, keyed);
    bench.decide = () => ({ verdict: 'allow' });
    bench.nowMs = startMs + minuteMs;

    const second = await requestCall(bench.deps, keyed);

    expect(second).toEqual({ ok: false, failure: { code: 'number-not-callable' } });
  });
});

describe('requestCall with fields that cannot be used', () => {
  it.each([
    ['/line', { line: 'sales' }, 'line must be one of billing, support.'],
    ['/phone', { phone: '12' }, 'phone is not a phone number that exists in US.'],
    ['/phone', { phone: '+49 30 901820' }, 'phone must be a number in US: we do not call other countries.'],
    ['/consent/version', { consent: { version: '0', evidence: {} } }, 'consent.version must be 1'],
    [
      '/consent/language',
      { consent: { version: '1', evidence: { language: 'fr' } } },
      'consent.language must be one of en: the wording in force has no other.',
    ],
    ['/when', { when: { date: '2026-11-20', from: '10:00', to: '11:00' } }, 'when must not be over yet'],
  ])('says what is wrong with %s', async (pointer, wrong, words) => {
    const bench = new Bench();

    const requested = await requestCall(bench.deps, { ...command, ...wrong });

    const errors = !requested.ok && requested.failure.code === 'invalid-request' ? requested.failure.errors : [];
    expect(errors).toHaveLength(1);
    expect(errors[0]?.pointer).toBe(pointer);
    expect(errors[0]?.detail).toContain(words);
    expect(bench.ledger.rows.size).toBe(0);
  });
});
