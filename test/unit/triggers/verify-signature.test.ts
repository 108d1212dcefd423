import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import type { TriggerSignature } from '../../../src/settings/trigger-schema.ts';
import { type Delivery, verifySignature } from '../../../src/triggers/verify-signature.ts';

const delivery = (body: string | Buffer, headers: Delivery['headers'], query = ''): Delivery => ({
  method: 'POST',
  query,
  headers,
  body: Buffer.from(body),
});
const verify = (
  given: Delivery,
  signature: TriggerSignature,
  secrets: readonly string[],
  nowMs: number,
  toleranceSeconds = 300,
) => verifySignature(given, { signature, toleranceSeconds }, secrets, nowMs);

describe('Standard Webhooks', () => {
  // The vector of the reference libraries (standard-webhooks/standard-webhooks, "sign function works").
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const sentAtMs = 1_614_265_330_000;
  const body = '{"test": 2432232314}';
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  const form: TriggerSignature = { form: 'standard-webhooks' };
  const check = (changed: Record<string, string | undefined> = {}, nowMs = sentAtMs, secrets = [secret]) =>
    verify(delivery(body, { ...headers, ...changed }), form, secrets, nowMs);

  it('takes the reference vector, and tells its signed id', () => {
    expect(check()).toMatchObject({ ok: true, value: { id: headers['webhook-id'], isStamped: true } });
  });

  it('takes a secret without its prefix, and one of two secrets', () => {
    const other = `whsec_${Buffer.from('another secret of 24 byte').toString('base64')}`;

    expect(check({}, sentAtMs, [secret.slice('whsec_'.length)]).ok).toBe(true);
    expect(check({}, sentAtMs, [other, secret]).ok).toBe(true);
    expect(check({}, sentAtMs, [other])).toEqual({ ok: false, failure: 'wrong' });
  });

  it('takes one signature that fits among others, and none of another version', () => {
    const wrong = 'v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=';
    const fits = headers['webhook-signature'];

    expect(check({ 'webhook-signature': `${wrong} v2,x ${fits} ${wrong}` }).ok).toBe(true);
    expect(check({ 'webhook-signature': fits.replace('v1,', 'v2,') })).toEqual({ ok: false, failure: 'wrong' });
    expect(check({ 'webhook-signature': fits.slice(0, 8) })).toEqual({ ok: false, failure: 'wrong' });
    expect(check({ 'webhook-signature': 'v1,' })).toEqual({ ok: false, failure: 'wrong' });
  });

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('calls a delivery without %s unsigned', (name) => {
    expect(check({ [name]: undefined })).toEqual({ ok: false, failure: 'unsigned' });
  });

  it('calls a time that is no number unsigned, and a changed id, time or body wrong', () => {
    expect(check({ 'webhook-timestamp': '1614265330abc' })).toEqual({ ok: false, failure: 'unsigned' });
    expect(check({ 'webhook-id': 'msg_other' })).toEqual({ ok: false, failure: 'wrong' });
    expect(check({ 'webhook-timestamp': '1614265331' })).toEqual({ ok: false, failure: 'wrong' });
    expect(verify(delivery(`${body} `, headers), form, [secret], sentAtMs)).toEqual({ ok: false, failure: 'wrong' });
  });

  it.each([
    ['takes', 300_000],
    ['refuses', 300_001],
    ['takes', -300_000],
    ['refuses', -300_001],
  ])('%s what is %i ms old', (does, ageMs) => {
    const verified = check({}, sentAtMs + ageMs);

    expect(verified).toMatchObject(does === 'takes' ? { ok: true } : { ok: false, failure: 'stale' });
  });

  it('knows the very same delivery however its signatures are listed, and another one by its time', () => {
    const digest = (verified: ReturnType<typeof check>) => (verified.ok ? verified.value.sha256 : '');
    const later = new Webhook(secret).sign(headers['webhook-id'], new Date(sentAtMs + 60_000), body);

    const first = digest(check());
    const rewritten = digest(check({ 'webhook-signature': `v1,AAAA ${headers['webhook-signature']}` }));
    const retried = digest(check({ 'webhook-timestamp': '1614265390', 'webhook-signature': later }));

    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(rewritten).toBe(first);
    expect(retried).toMatch(/^[0-9a-f]{64}$/);
    expect(retried).not.toBe(first);
  });

  it('does not let bytes that are no UTF-8 pass for another delivery', () => {
    const replaced = Buffer.from('{"test": "\uFFFD"}');
    const raw = Buffer.concat([Buffer.from('{"test": "'), Buffer.from([0xff]), Buffer.from('"}')]);
    const signature = new Webhook(secret).sign(headers['webhook-id'], new Date(sentAtMs), replaced.toString());
    const of = (bytes: Buffer) =>
      verify(delivery(bytes, { ...headers, 'webhook-signature': signature }), form, [secret], sentAtMs);

    expect(of(replaced).ok).toBe(true);
    expect(of(raw)).toEqual(of(replaced));
  });
});

describe('HMAC-SHA256', () => {
  // GitHub, Validating webhook deliveries, "Testing the webhook payload validation".
  const secret = "It's a Secret to Everybody";
  const given = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
  const github: TriggerSignature = {
    form: 'hmac-sha256',
    header: 'x-hub-signature-256',
    encoding: 'hex',
    prefix: 'sha256=',
  };

  it('takes the vector of a body alone, which never grows stale', () => {
    const verified = verify(delivery('Hello, World!', { 'x-hub-signature-256': given }), github, [secret], 0);

    expect(given).toBe('sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17');
    expect(verified).toMatchObject({ ok: true, value: { isStamped: false } });
  });

  it('refuses it without its prefix, cut, or for another body', () => {
    const check = (body: string, header: string) =>
      verify(delivery(body, { 'x-hub-signature-256': header }), github, [secret], 0);

    expect(check('Hello, World!', given.slice('sha256='.length))).toEqual({ ok: false, failure: 'unsigned' });
    expect(check('Hello, World!', given.slice(0, -2))).toEqual({ ok: false, failure: 'wrong' });
    expect(check('Hello, World?', given)).toEqual({ ok: false, failure: 'wrong' });
    expect(verify(delivery('Hello, World!', {}), github, [secret], 0)).toEqual({ ok: false, failure: 'unsigned' });
  });

  it.each([
    ['seconds', '1763920800', 1_763_920_800_000],
    ['milliseconds', '1763920800123', 1_763_920_800_123],
  ])('signs the time in %s with the body as its template says', (_unit, time, atMs) => {
    const stamped: TriggerSignature = {
      form: 'hmac-sha256',
      header: 'x-signature',
      encoding: 'base64',
      timestamp: { header: 'x-time', signed: 'v0:{timestamp}:{body}' },
    };
    const body = Buffer.from([0x7b, 0xff, 0x7d]);
    const signature = createHmac('sha256', 'key').update(`v0:${time}:`).update(body).digest('base64');
    const check = (headers: Delivery['headers'], nowMs = atMs) =>
      verify(delivery(body, headers), stamped, ['key'], nowMs);

    expect(check({ 'x-signature': signature, 'x-time': time })).toMatchObject({ ok: true, value: { isStamped: true } });
    expect(check({ 'x-signature': signature, 'x-time': time }, atMs + 300_001)).toEqual({
      ok: false,
      failure: 'stale',
    });
    expect(check({ 'x-signature': signature, 'x-time': `${time.slice(0, -1)}7` })).toEqual({
      ok: false,
      failure: 'wrong',
    });
    expect(check({ 'x-signature': signature })).toEqual({ ok: false, failure: 'unsigned' });
  });
});

describe('HubSpot v3', () => {
  // HubSpot documents the method and no vector: client secret, URL and body are those of its example for v2, and the
  // signatures come from `printf %s 'POSThttps://…' | openssl dgst -sha256 -hmac SECRET -binary | base64`.
  const secret = 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy';
  const url = 'https://www.example.com/webhook_uri';
  const atMs = 1_763_920_800_000;
  const headers = {
    'x-hubspot-signature-v3': '9GbbmZh/QgYntb1934reYll5RU8p3zhbdAELofPwoG4=',
    'x-hubspot-request-timestamp': String(atMs),
  };
  const check = (given: Delivery, nowMs = atMs) => verify(given, { form: 'hubspot-v3', url }, [secret], nowMs);

  it('takes method, URL, body and time as HubSpot signs them', () => {
    expect(check(delivery('{"example_field":"example_value"}', headers))).toMatchObject({
      ok: true,
      value: { isStamped: true },
    });
  });

  it('decodes the characters that HubSpot decodes in the URL, and leaves the others', () => {
    const signed = { ...headers, 'x-hubspot-signature-v3': '8aaCi+HLTohos5hz+4otQF2O1e2WQfyDVGnNLXXS2FA=' };

    expect(check(delivery('{}', signed, 'to=a%40b%2Cc%2fd&x=%20')).ok).toBe(true);
    expect(check(delivery('{}', signed, 'to=a%40b%2Cc%2fd&x=+'))).toEqual({ ok: false, failure: 'wrong' });
  });

  it('refuses what is older than five minutes, another method, and what lacks a header', () => {
    const body = '{"example_field":"example_value"}';

    expect(check(delivery(body, headers), atMs + 300_001)).toEqual({ ok: false, failure: 'stale' });
    expect(check({ ...delivery(body, headers), method: 'PUT' })).toEqual({ ok: false, failure: 'wrong' });
    expect(check(delivery(body, { ...headers, 'x-hubspot-request-timestamp': undefined }))).toEqual({
      ok: false,
      failure: 'unsigned',
    });
  });
});
