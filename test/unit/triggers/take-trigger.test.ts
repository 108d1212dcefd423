import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../src/settings/schema.ts';
import { TriggersSchema } from '../../../src/settings/trigger-schema.ts';
import type { ContactRequest } from '../../../src/triggers/ports.ts';
import { takeTrigger } from '../../../src/triggers/take-trigger.ts';
import type { Delivery } from '../../../src/triggers/verify-signature.ts';
import { Bench, hourMs, settings, startMs } from '../calls/bench.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const reminders = {
  ...(settings.lines['billing'] as Settings['lines'][string]),
  task: 'EXECUTE_FLOW' as const,
  audience: 'operators' as const,
};
const lines = { ...settings.lines, reminders };
const { sources } = TriggersSchema.parse({
  sources: {
    crm: {
      signature: { form: 'standard-webhooks' },
      does: 'outdial',
      line: 'reminders',
      purpose: 'marketing',
      country: 'US',
      basis: { type: 'consent', start: '/consent/at', wording: '1', clientAddress: '/consent/ip' },
      mapping: {
        phone: '/person/phone',
        name: '/person/name',
        variables: { invoice: '/invoice/number', paid: '/invoice/paid' },
      },
    },
    website: {
      signature: { form: 'standard-webhooks' },
      does: 'callback',
      line: 'billing',
      basis: { type: 'request', start: '/submittedAt', wording: '1', originPage: '/page' },
      mapping: { phone: '/fields/0/value', email: '/email', reason: '/reason' },
    },
    plain: {
      signature: { form: 'hmac-sha256', header: 'X-Sign', encoding: 'hex' },
      does: 'outdial',
      line: 'reminders',
      purpose: 'service',
      mapping: { phone: '/phone', id: '/event' },
    },
    list: {
      signature: { form: 'standard-webhooks' },
      does: 'contact',
      campaign: 'winter',
      mapping: { phone: '/phone', variables: { first_name: '/name' } },
    },
  },
});

const body = {
  person: { phone: '(415) 555-0132', name: 'Ada' },
  invoice: { number: 4411, paid: false },
  consent: { at: startMs - hourMs, ip: '192.0.2.1' },
};

const build = () => {
  const bench = new Bench();
  const marks = new Set<string>();
  const added: ContactRequest[] = [];
  const deps = {
    ...bench.deps,
    settings: { ...settings, lines },
    sources,
    secrets: { of: async () => [secret] },
    marks: {
      mark: async (sha256: string) => {
        if (marks.has(sha256)) return 'seen' as const;
        marks.add(sha256);
        return 'new' as const;
      },
    },
    contacts: {
      add: async (request: ContactRequest) => {
        added.push(request);
        return request.columns['first_name'] === 'Nobody'
          ? ({
              ok: false,
              failure: {
                code: 'invalid-request',
                errors: [{ pointer: '/variables/first_name', detail: 'is nobody.' }],
              },
            } as const)
          : ({ ok: true, value: { uploadId: `upload of ${request.key}` } } as const);
      },
    },
    worldClock: { nowMs: () => bench.nowMs },
    callsKeptMs: 1_825 * 24 * hourMs,
  };
  const send = (source: string, json: unknown, { id = 'msg_1', ageMs = 0 } = {}) =>
    takeTrigger(deps, source, signed(JSON.stringify(json), id, bench.nowMs - ageMs));
  return { bench, marks, added, deps, send };
};

function signed(text: string, id: string, atMs: number): Delivery {
  const sentAt = new Date(Math.floor(atMs / 1_000) * 1_000);
  return {
    method: 'POST',
    query: '',
    body: Buffer.from(text),
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(sentAt.getTime() / 1_000),
      'webhook-signature': new Webhook(secret).sign(id, sentAt, text),
    },
  };
}

describe('an outdial by a trigger', () => {
  it('is written with what the mapping names and what proves the basis', async () => {
    const { bench, send } = build();

    const taken = await send('crm', body);

    expect(taken).toMatchObject({ ok: true, value: { led: 'to-call', call: { id: 'call-1' } } });
    expect(bench.call()).toMatchObject({
      kind: 'outdial',
      purpose: 'marketing',
      automated: true,
      line: 'reminders',
      number: '+14155550132',
      customer: { name: 'Ada' },
      attributes: { invoice: '4411', paid: 'false' },
      bases: [
        {
          type: 'consent',
          purpose: 'marketing',
          startMs: startMs - hourMs,
          evidence: { atMs: startMs - hourMs, wordingVersion: '1', clientAddress: '192.0.2.1' },
        },
      ],
    });
    expect(bench.call().bases[0]?.evidence?.wordingSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is weighed by the same policy, and the sender does not learn why it was denied', async () => {
    const { bench, send } = build();
    bench.decide = (facts) => {
      expect(facts).toMatchObject({ kind: 'outdial', purpose: 'marketing', bases: [{ type: 'consent' }] });
      return { verdict: 'deny' };
    };

    expect(await send('crm', body)).toEqual({ ok: false, failure: { code: 'number-not-callable' } });
    expect(bench.call()).toMatchObject({ status: 'refused' });
  });

  it('tells what cannot be used by pointers into the sender’s JSON', async () => {
    const { bench, send } = build();
    const refused = async (json: object) => {
      const taken = await send('crm', json);
      return taken.ok || taken.failure.code !== 'invalid-request' ? taken : taken.failure.errors;
    };

    expect(await refused({ ...body, person: {} })).toMatchObject([{ pointer: '/person/phone' }]);
    expect(await refused({ ...body, person: { phone: '+33 1 23 45 67 89' } })).toMatchObject([
      { pointer: '/person/phone', detail: expect.stringContaining('US') as string },
    ]);
    expect(await refused({ ...body, consent: {} })).toMatchObject([
      { pointer: '/consent/at', detail: 'bases.0.start must be an instant such as 2026-11-23T18:00:00Z.' },
      { pointer: '/consent/at' },
    ]);
    expect(await refused({ ...body, consent: { at: startMs + hourMs } })).toMatchObject([{ pointer: '/consent/at' }]);
    expect(await refused({ ...body, invoice: { number: { of: 4411 } } })).toEqual([
      { pointer: '/invoice/number', detail: '/invoice/number must be text, a number, true or false.' },
    ]);
    expect(await refused({ ...body, invoice: { number: 'x'.repeat(1_025) } })).toMatchObject([
      { pointer: '/invoice/number' },
    ]);
    expect(await refused([body, body])).toMatchObject([{ pointer: '' }]);
    expect(bench.ledger.rows.size).toBe(0);
  });

  it('leaves out what the sender left empty', async () => {
    const { bench, send } = build();

    const taken = await send('crm', { ...body, person: { ...body.person, name: ' ' }, invoice: { number: '' } });

    expect(taken.ok).toBe(true);
    expect(bench.call()).toMatchObject({ customer: {}, attributes: { invoice: '' } });
    expect(bench.call().customer).not.toHaveProperty('name');
  });
});

describe('a delivery that comes again', () => {
  it('is a replay where it is the very same one, and its sender’s retry where it is signed anew', async () => {
    const { bench, send } = build();
    const first = await send('crm', body, { ageMs: 60_000 });

    const replay = await send('crm', body, { ageMs: 60_000 });
    const retry = await send('crm', body);
    const replayOfRetry = await send('crm', body);

    expect(first.ok).toBe(true);
    expect(replay).toEqual({ ok: false, failure: { code: 'delivery-replayed' } });
    expect(retry).toMatchObject({ ok: true, value: { led: 'to-call', call: { id: 'call-1' }, repeats: 'request' } });
    expect(replayOfRetry).toEqual({ ok: false, failure: { code: 'delivery-replayed' } });
    expect(bench.ledger.rows.size).toBe(1);
  });

  it('leads to the call that is over by now instead of another one', async () => {
    const { bench, send } = build();
    await send('crm', body);
    const row = bench.ledger.rows.get('call-1');
    if (row) row.call = { ...row.call, status: 'completed', outcome: 'connected', endedAtMs: startMs + 1_000 };
    bench.nowMs += 3 * 24 * hourMs;

    const retry = await send('crm', body);

    expect(retry).toMatchObject({ ok: true, value: { call: { id: 'call-1', status: 'completed' } } });
    expect(bench.ledger.rows.size).toBe(1);
  });

  it('is refused with another content under the same id', async () => {
    const { send } = build();
    await send('crm', body);

    const other = await send('crm', { ...body, invoice: { number: 4412 } });

    expect(other).toEqual({ ok: false, failure: { code: 'idempotency-key-reused' } });
  });

  it('counts for its own source only', async () => {
    const { bench, send, deps } = build();
    await send('crm', body);
    const twin = { ...sources, twin: sources['crm'] as NonNullable<(typeof sources)[string]> };

    const taken = await takeTrigger(
      { ...deps, sources: twin },
      'twin',
      signed(JSON.stringify({ ...body, person: { phone: '+14155550133' } }), 'msg_1', bench.nowMs),
    );

    expect(taken).toMatchObject({ ok: true, value: { call: { id: 'call-2' } } });
  });

  it('is known by the id in the body where none is signed, for as long as calls are kept', async () => {
    const { bench, deps } = build();
    deps.secrets = { of: async () => ['key'] };
    const { createHmac } = await import('node:crypto');
    const send = (json: object) => {
      const text = JSON.stringify(json);
      const sign = createHmac('sha256', 'key').update(text).digest('hex');
      return takeTrigger(deps, 'plain', {
        method: 'POST',
        query: '',
        headers: { 'x-sign': sign },
        body: Buffer.from(text),
      });
    };
    const first = await send({ phone: '+14155550132', event: 7 });
    bench.nowMs += 300 * 24 * hourMs;

    expect(first.ok).toBe(true);
    expect(await send({ phone: '+14155550132', event: 7 })).toEqual({
      ok: false,
      failure: { code: 'delivery-replayed' },
    });
    expect(await send({ phone: '+14155550132', event: 7, attempt: 2 })).toMatchObject({
      ok: true,
      value: { call: { id: 'call-1' }, repeats: 'request' },
    });
    expect(await send({ phone: '+14155550132' })).toMatchObject({
      failure: { code: 'invalid-request', errors: [{ pointer: '/event' }] },
    });
    expect(bench.ledger.rows.size).toBe(1);
  });
});

describe('what is not taken', () => {
  it('does nothing for an unknown source, and asks for no secret', async () => {
    const { deps } = build();
    deps.secrets = { of: () => Promise.reject(new Error('asked')) };

    for (const name of ['nobody', 'constructor', '__proto__']) {
      const taken = await takeTrigger(deps, name, signed('{}', 'msg_1', startMs));
      expect(taken).toEqual({ ok: false, failure: { code: 'unknown-source' } });
    }
  });

  it('looks into a body only after its signature', async () => {
    const { bench, deps } = build();
    const broken = signed('{"person":', 'msg_1', bench.nowMs);

    const unsigned = await takeTrigger(deps, 'crm', { ...broken, headers: {} });
    const wrong = await takeTrigger(deps, 'crm', { ...broken, body: Buffer.from('{"person"') });
    const malformed = await takeTrigger(deps, 'crm', broken);

    expect(unsigned).toEqual({ ok: false, failure: { code: 'signature-refused', because: 'unsigned' } });
    expect(wrong).toEqual({ ok: false, failure: { code: 'signature-refused', because: 'wrong' } });
    expect(malformed).toEqual({ ok: false, failure: { code: 'malformed-json' } });
    expect(bench.ledger.rows.size).toBe(0);
  });

  it('tells a fault of the ledger as such, so that the sender tries again, and takes it then', async () => {
    const { bench, deps } = build();
    const broken = { ...deps, calls: { ...deps.calls, accept: () => Promise.reject(new Error('down')) } };
    const delivery = signed(JSON.stringify(body), 'msg_1', bench.nowMs);

    await expect(takeTrigger(broken, 'crm', delivery)).rejects.toThrow('down');
    expect(bench.ledger.rows.size).toBe(0);
    expect(await takeTrigger(deps, 'crm', delivery)).toMatchObject({ ok: true, value: { led: 'to-call' } });
    expect(bench.ledger.rows.size).toBe(1);
  });
});

describe('a callback by a trigger', () => {
  const asked = {
    fields: [{ value: '+14155550132' }],
    email: 'ada@example.com',
    page: 'https://www.example.com/contact',
    submittedAt: new Date(startMs - 2 * hourMs).toISOString(),
  };

  it('stands on the request as of when the person made it, and expires as if it had come then', async () => {
    const { bench, send } = build();

    const taken = await send('website', asked);

    expect(taken).toMatchObject({ ok: true, value: { led: 'to-call' } });
    expect(bench.call()).toMatchObject({
      kind: 'callback',
      purpose: 'requested',
      customer: { email: 'ada@example.com' },
      expiresAtMs: startMs + 70 * hourMs,
      bases: [
        {
          type: 'request',
          startMs: startMs - 2 * hourMs,
          evidence: { wordingVersion: '1', originPage: asked.page, atMs: startMs - 2 * hourMs },
        },
      ],
    });
  });

  it.each([
    ['of tomorrow', 24],
    ['that is over', -72],
  ])('refuses a request %s by where its time stands', async (_when, hours) => {
    const { bench, send } = build();

    const taken = await send('website', { ...asked, submittedAt: startMs + hours * hourMs });

    expect(taken).toMatchObject({ failure: { code: 'invalid-request', errors: [{ pointer: '/submittedAt' }] } });
    expect(bench.ledger.rows.size).toBe(0);
  });
});

describe('a contact by a trigger', () => {
  it('is added by its columns, under the same key whenever it comes again', async () => {
    const { added, send } = build();

    const first = await send('list', { phone: '415 555 0132', name: 'Ada' }, { ageMs: 5_000 });
    const replay = await send('list', { phone: '415 555 0132', name: 'Ada' }, { ageMs: 5_000 });
    const retry = await send('list', { phone: '415 555 0132', name: 'Ada' });

    expect(first).toMatchObject({ ok: true, value: { led: 'to-upload' } });
    expect(replay).toEqual({ ok: false, failure: { code: 'delivery-replayed' } });
    expect(retry).toEqual(first);
    expect(added[0]).toMatchObject({
      campaign: 'winter',
      source: 'list',
      seconds: 300,
      phone: '415 555 0132',
      columns: { first_name: 'Ada' },
    });
    expect(new Set(added.map(({ key }) => key)).size).toBe(1);
  });

  it('tells what the campaign cannot use by where it stands', async () => {
    const { send } = build();

    expect(await send('list', { name: 'Ada' })).toMatchObject({ failure: { errors: [{ pointer: '/phone' }] } });
    expect(await send('list', { phone: '1', name: 'Nobody' })).toMatchObject({
      failure: { errors: [{ pointer: '/name', detail: 'is nobody.' }] },
    });
  });
});
