import { describe, expect, it } from 'vitest';
import { type ChangeCallCommand, changeCall } from '../../../src/calls/change-call.ts';
import { dispatchCall } from '../../../src/calls/dispatch-call.ts';
import { type RequestCallCommand, requestCall } from '../../../src/calls/request-call.ts';
import type { Settings } from '../../../src/settings/schema.ts';
import { cancelCalls } from '../../../src/suppression/cancel-calls.ts';
import { Bench, hourMs, minuteMs, settings as plain, startMs } from './bench.ts';

const billing = plain.lines['billing'];
if (!billing) throw new Error('The settings of the bench have a line billing.');
const open: [string, string][] = [['08:00', '18:00']];
const settings: Settings = {
  ...plain,
  lines: {
    ...plain.lines,
    billing: {
      ...billing,
      hours: { timeZone: 'America/Los_Angeles', weekdays: { mon: open, tue: open }, holidays: [] },
      slots: { minutes: 60, capacity: 2, daysAhead: 7, leadMinutes: 30 },
    },
  },
};

/** The bench begins on Monday at ten in California. */
const noon = { date: '2026-11-23', from: '12:00', to: '13:00' };
const one = { date: '2026-11-23', from: '13:00', to: '14:00' };
const noonMs = startMs + 2 * hourMs;
const oneMs = startMs + 3 * hourMs;
const timeZone = 'America/Los_Angeles';
const words = 'when must be "now" or one of the times that GET /v1/lines/billing/slots lists.';

const createBench = () => {
  const bench = new Bench();
  bench.decide = ({ window, atMs }) =>
    window && window.fromMs > atMs ? { verdict: 'defer', untilMs: window.fromMs } : { verdict: 'allow' };
  const deps = { ...bench.deps, settings };
  const taken = (fromMs: number): number => bench.ledger.slotTaken('billing', fromMs);
  const ask = (last: number, more: Partial<RequestCallCommand> = {}) =>
    requestCall(deps, {
      phone: `+1415555${String(last).padStart(4, '0')}`,
      line: 'billing',
      when: noon,
      customer: { timeZone },
      consent: { version: '1', evidence: {} },
      ...more,
    });
  const book = async (last: number, more: Partial<RequestCallCommand> = {}) => {
    const asked = await ask(last, more);
    if (!asked.ok) throw new Error(asked.failure.code);
    const { call, manageToken = '' } = asked.value;
    const change = (wish: ChangeCallCommand['change']) =>
      changeCall(deps, { callId: call.id, manageToken, change: wish });
    return {
      id: call.id,
      cancel: () => change({ do: 'cancel' }),
      move: (when: RequestCallCommand['when']) => change({ do: 'reschedule', when }),
    };
  };
  return { bench, deps, taken, ask, book };
};

describe('requestCall on a line with slots', () => {
  it('takes a place in the slot with the call', async () => {
    const { bench, book, taken } = createBench();

    const { id } = await book(100);

    expect(taken(noonMs)).toBe(1);
    expect(bench.call(id)).toMatchObject({
      dueAtMs: noonMs,
      expiresAtMs: noonMs + hourMs,
      slot: { fromMs: noonMs, toMs: noonMs + hourMs },
    });
  });

  it('takes none for "now"', async () => {
    const { bench, book } = createBench();

    const { id } = await book(100, { when: 'now' });

    expect(bench.call(id).slot).toBeUndefined();
    expect(bench.ledger.slots.size).toBe(0);
  });

  it.each([
    ['begins within the lead time', { date: '2026-11-23', from: '10:00', to: '11:00' }],
    ['is half of a slot', { ...noon, to: '12:30' }],
    ['is two slots', { ...noon, to: '14:00' }],
    ['lies across two slots', { ...noon, from: '12:30', to: '13:30' }],
    ['lies outside of the hours', { ...noon, from: '18:00', to: '19:00' }],
    ['lies on a day without hours', { ...noon, date: '2026-11-25' }],
    ['is further ahead than can be booked', { ...noon, date: '2026-12-01' }],
  ])('refuses in one sentence a time that %s', async (_what, when) => {
    const { bench, ask } = createBench();

    const asked = await ask(100, { when });

    expect(asked).toEqual({
      ok: false,
      failure: { code: 'invalid-request', errors: [{ pointer: '/when', detail: words }] },
    });
    expect(bench.ledger.rows.size).toBe(0);
  });

  it('takes any time on a line without slots', async () => {
    const { bench, book } = createBench();

    const { id } = await book(100, { line: 'support', when: { ...noon, to: '12:20' } });

    expect(bench.call(id).slot).toBeUndefined();
    expect(bench.ledger.slots.size).toBe(0);
  });

  it('writes nothing where the slot is full, and asks for no transaction', async () => {
    const { bench, deps, ask, book } = createBench();
    await book(100);
    await book(101);
    const writes: string[] = [];
    const accept = deps.calls.accept;
    deps.calls.accept = (...of) => {
      writes.push(of[0].id);
      return accept(...of);
    };

    const late = await ask(102);

    expect(late).toEqual({ ok: false, failure: { code: 'slot-taken' } });
    expect(bench.ledger.rows.size).toBe(2);
    expect(writes).toEqual([]);
  });

  it('lets exactly as many in as the slot takes where all of them saw it empty', async () => {
    const { taken, ask } = createBench();

    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => ask(index)));

    expect(answers.filter(({ ok }) => ok)).toHaveLength(2);
    expect(answers.filter((answer) => !answer.ok && answer.failure.code === 'slot-taken')).toHaveLength(48);
    expect(taken(noonMs)).toBe(2);
  });

  it.each([
    ['with the same key', { idempotencyKey: 'key' }],
    ['without a key', {}],
  ])('gives a repeat %s the same call and no second place, also where the slot is full by then', async (_how, more) => {
    const { taken, ask, book } = createBench();
    const first = await book(100, more);
    const beside = await ask(100, more);
    await book(101);
    const after = await ask(100, more);

    expect([beside, after]).toMatchObject([
      { ok: true, value: { call: { id: first.id } } },
      { ok: true, value: { call: { id: first.id } } },
    ]);
    expect(taken(noonMs)).toBe(2);
  });

  it('repeats its answer by key when the slot cannot be booked any more', async () => {
    const { bench, ask, book } = createBench();
    const first = await book(100, { idempotencyKey: 'key' });
    bench.nowMs = noonMs - minuteMs;

    expect(await ask(100, { idempotencyKey: 'key' })).toMatchObject({ ok: true, value: { call: { id: first.id } } });
    expect(await ask(101, { idempotencyKey: 'other' })).toMatchObject({ failure: { code: 'invalid-request' } });
  });

  it('takes no place for a call that the policy refuses', async () => {
    const { bench, ask } = createBench();
    bench.decide = () => ({ verdict: 'deny', because: 'listed' });

    expect(await ask(100)).toEqual({ ok: false, failure: { code: 'number-not-callable' } });
    expect(bench.call().slot).toBeUndefined();
    expect(bench.ledger.slots.size).toBe(0);
  });

  it('says of a number that rings where the time is not lawful that another time may do', async () => {
    const { bench, ask } = createBench();
    bench.decide = () => ({ verdict: 'deny', because: 'window-over' });
    const expected = {
      ok: false,
      failure: { code: 'invalid-request', errors: [{ pointer: '/when', detail: expect.stringContaining('another') }] },
    };

    expect(await ask(100, { idempotencyKey: 'key' })).toEqual(expected);
    expect(await ask(100, { idempotencyKey: 'key' })).toEqual(expected);
    expect(bench.call()).toMatchObject({ status: 'refused', outcome: 'window-over' });
  });
});

describe('a place in a slot', () => {
  it('moves with the call', async () => {
    const { bench, book, taken } = createBench();
    const booked = await book(100);

    const moved = await booked.move(one);

    expect(moved.ok).toBe(true);
    expect([taken(noonMs), taken(oneMs)]).toEqual([0, 1]);
    expect(bench.call(booked.id).slot).toEqual({ fromMs: oneMs, toMs: oneMs + hourMs });
  });

  it('stays where it is when the other slot is full', async () => {
    const { bench, book, taken } = createBench();
    for (const last of [100, 101]) await book(last, { when: one });
    const booked = await book(102);

    expect(await booked.move(one)).toEqual({ ok: false, failure: { code: 'slot-taken' } });
    expect([taken(noonMs), taken(oneMs)]).toEqual([1, 2]);
    expect(bench.call(booked.id)).toMatchObject({ dueAtMs: noonMs, slot: { fromMs: noonMs } });
  });

  it('stays where it is when the other slot is filled between look and write', async () => {
    const { deps, book, taken } = createBench();
    const booked = await book(102);
    const read = deps.facts.read.bind(deps.facts);
    deps.facts.read = async (...of) => {
      deps.facts.read = read;
      const facts = await read(...of);
      for (const last of [100, 101]) await book(last, { when: one });
      return facts;
    };

    expect(await booked.move(one)).toEqual({ ok: false, failure: { code: 'slot-taken' } });
    expect([taken(noonMs), taken(oneMs)]).toEqual([1, 2]);
  });

  it('is kept by who asks for the same slot again, be it full', async () => {
    const { bench, book, taken } = createBench();
    const booked = await book(100);
    await book(101);
    bench.nowMs = noonMs - minuteMs;

    expect((await booked.move(noon)).ok).toBe(true);
    expect(taken(noonMs)).toBe(2);
  });

  it.each([
    ['half a slot', { ...noon, to: '12:30' }],
    ['another length', { ...noon, to: '14:00' }],
  ])('is not exchanged for %s', async (_what, when) => {
    const { book, taken } = createBench();
    const booked = await book(100);

    expect(await booked.move(when)).toMatchObject({ failure: { code: 'invalid-request' } });
    expect(taken(noonMs)).toBe(1);
  });

  it('is given back by who wants the call now', async () => {
    const { bench, book, taken } = createBench();
    const booked = await book(100);

    await booked.move('now');

    expect(taken(noonMs)).toBe(0);
    expect(bench.call(booked.id).slot).toBeUndefined();
  });

  it('is given back by cancelling, once, and is free for somebody else', async () => {
    const { book, ask, taken } = createBench();
    const booked = await book(100);
    await book(101);
    await booked.cancel();
    await booked.cancel();

    expect(taken(noonMs)).toBe(1);
    expect((await ask(102)).ok).toBe(true);
    expect(taken(noonMs)).toBe(2);
  });

  it('is given back when the number is suppressed', async () => {
    const { bench, deps, book, taken } = createBench();
    const { id } = await book(100);

    await cancelCalls({ ...deps, lines: ['billing'] }, [id], { sinceMs: bench.nowMs, waitMsMax: 0 });

    expect(bench.call(id).outcome).toBe('suppressed');
    expect(taken(noonMs)).toBe(0);
  });

  it.each([
    ['the policy denies', 'refused', { verdict: 'deny' }],
    ['no lawful instant is left', 'expired', { verdict: 'defer', untilMs: startMs + 30 * hourMs }],
  ] as const)('is given back when the call is due and %s', async (_why, status, verdict) => {
    const { bench, deps, book, taken } = createBench();
    const { id } = await book(100);
    bench.nowMs = noonMs;
    bench.decide = () => verdict;

    await dispatchCall(deps, id);

    expect(bench.call(id).status).toBe(status);
    expect(taken(noonMs)).toBe(0);
  });

  it('is given back when Webex refuses the call', async () => {
    const { bench, deps, book, taken } = createBench();
    const { id } = await book(100);
    bench.nowMs = noonMs;
    bench.answer = () => ({ outcome: 'rejected', words: 'no' });

    await dispatchCall(deps, id);

    expect(bench.call(id).status).toBe('failed');
    expect(taken(noonMs)).toBe(0);
  });

  it('stays counted when the slot is over', async () => {
    const { bench, book, taken } = createBench();
    const booked = await book(100);
    bench.nowMs = noonMs + hourMs;

    expect((await booked.cancel()).ok).toBe(true);
    expect(taken(noonMs)).toBe(1);
  });

  it('stays counted once a call was placed on it, and the next one does not', async () => {
    const { bench, deps, book, taken } = createBench();
    const booked = await book(100);
    bench.nowMs = noonMs;
    await dispatchCall(deps, booked.id);
    const row = bench.ledger.rows.get(booked.id);
    if (!row) throw new Error('The call is not there.');
    row.call = { ...row.call, status: 'unanswered' };

    await booked.move(one);
    expect([taken(noonMs), taken(oneMs)]).toEqual([1, 1]);
    await booked.cancel();
    expect([taken(noonMs), taken(oneMs)]).toEqual([1, 0]);
  });
});
