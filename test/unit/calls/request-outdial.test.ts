import { describe, expect, it } from 'vitest';
import { type RequestOutdialCommand, requestOutdial } from '../../../src/calls/request-outdial.ts';
import { Bench, hourMs, settings, startMs } from './bench.ts';

const outdialSettings = {
  ...settings,
  lines: {
    ...settings.lines,
    reminders: {
      ...(settings.lines['billing'] as NonNullable<(typeof settings.lines)[string]>),
      task: 'EXECUTE_FLOW' as const,
      audience: 'operators' as const,
    },
  },
};
const command: RequestOutdialCommand = {
  phone: '(415) 555-0132',
  country: 'US',
  line: 'reminders',
  when: 'now',
  customer: { name: 'Ada' },
  purpose: 'service',
  automated: true,
  bases: [{ type: 'consent', purpose: 'service', startMs: startMs - hourMs, evidence: { atMs: startMs - hourMs } }],
  variables: { invoice: '4411' },
};
const build = () => {
  const bench = new Bench();
  return {
    bench,
    ask: (changed: Partial<RequestOutdialCommand> = {}) =>
      requestOutdial({ ...bench.deps, settings: outdialSettings }, { ...command, ...changed }),
  };
};

describe('requestOutdial', () => {
  it('writes the call with its purpose, its bases, its variables and what the policy has to know', async () => {
    const { bench, ask } = build();

    const requested = await ask();

    expect(requested.ok && requested.value.manageToken).toBeUndefined();
    expect(bench.call()).toMatchObject({
      kind: 'outdial',
      purpose: 'service',
      automated: true,
      line: 'reminders',
      number: '+14155550132',
      bases: command.bases,
      attributes: { invoice: '4411' },
    });
    expect(bench.call()).not.toHaveProperty('manageTokenSha256');
  });

  it('weighs the same policy, and tells the id under which the refusal is on record', async () => {
    const { bench, ask } = build();
    bench.decide = (facts) => {
      expect(facts).toMatchObject({ kind: 'outdial', automated: true, bases: command.bases });
      return { verdict: 'deny' };
    };

    const requested = await ask();

    expect(requested).toEqual({ ok: false, failure: { code: 'number-not-callable', callId: 'call-1' } });
    expect(bench.call()).toMatchObject({ status: 'refused' });
  });

  it('gives the same call for the same key, and refuses the key for other variables', async () => {
    const { bench, ask } = build();
    const idempotencyKey = 'key-of-a-trigger';
    const first = await ask({ idempotencyKey });

    const second = await ask({ idempotencyKey });
    const other = await ask({ idempotencyKey, variables: {} });

    expect(second).toEqual(first);
    expect(other).toEqual({ ok: false, failure: { code: 'idempotency-key-reused' } });
    expect(bench.ledger.rows.size).toBe(1);
  });

  it.each<[string, Partial<RequestOutdialCommand>, object[]]>([
    [
      'a line whose task is CALLBACK',
      { line: 'billing' },
      [{ pointer: '/line', detail: 'line must be one of reminders.' }],
    ],
    ['the name of an object’s member as a line', { line: 'constructor' }, [{ pointer: '/line' }]],
    ['a variable that is too long', { variables: { text: 'x'.repeat(1_025) } }, [{ pointer: '/variables/text' }]],
    ['a basis of tomorrow', { bases: [{ type: 'consent', startMs: startMs + 1 }] }, [{ pointer: '/bases/0/start' }]],
    [
      'a basis that ends before it starts',
      { bases: [{ type: 'consent', startMs, expiryMs: startMs }] },
      [{ pointer: '/bases/0/expiry' }],
    ],
    [
      'several mistakes at once',
      { phone: '123', bases: [{ type: 'consent', startMs: startMs + 1 }] },
      [{ pointer: '/phone' }, { pointer: '/bases/0/start' }],
    ],
  ])('refuses %s by its field, and writes nothing', async (_what, changed, errors) => {
    const { bench, ask } = build();

    const requested = await ask(changed);

    expect(requested).toMatchObject({ ok: false, failure: { code: 'invalid-request', errors } });
    expect(bench.ledger.rows.size).toBe(0);
  });
});
