import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/calls/call.ts';
import { transition } from '../../../src/calls/lifecycle.ts';
import type { SlotBooking } from '../../../src/slots/ports.ts';
import { hourMs, sampleAttempt, sampleCall, sampleDecision, sampleFacts, startMs } from './bench.ts';

const span = (hour: number) => ({ fromMs: startMs + hour * hourMs, toMs: startMs + (hour + 1) * hourMs });
const booking = (hour: number): SlotBooking => ({ ...span(hour), capacity: 2 });
const decision = sampleDecision(sampleFacts());
const order = { ...span(2), timeZone: 'UTC', queueId: 'queue-1' };

/** A call whose place is in the slot of hour 2, and whose order Webex has. */
const held = sampleCall({
  status: 'placed',
  attemptCount: 1,
  placedCount: 1,
  heldBy: 'webex',
  window: span(2),
  slot: span(2),
});
const attempt = sampleAttempt({ status: 'placed', sentAtMs: startMs, callbackId: 'callback-1', order });

const asked = (call: Call, hour: number) =>
  transition(call, attempt, {
    type: 'withdrawal-asked',
    atMs: startMs,
    plan: { do: 'move', window: span(hour), expiresAtMs: span(hour).toMs, slot: span(hour) },
    booking: booking(hour),
    decision,
  });

const claimed = (call: Call, hour: number) =>
  transition(call, attempt, {
    type: 'move-claimed',
    atMs: startMs,
    order: { ...order, ...span(hour) },
    countedAtMs: span(hour).fromMs,
    decision,
  });

describe('the place of a call that Webex holds', () => {
  it('is not used by the order, which is no call yet', () => {
    const dialing = { ...held, status: 'dialing', placedCount: 0 } as const;
    const sent = sampleAttempt({ status: 'sent', sentAtMs: startMs, order });
    const ordered = transition(dialing, sent, { type: 'placed', atMs: startMs, callbackId: 'callback-1' });
    expect(ordered.call.slot).toEqual(span(2));
    const called = transition(ordered.call, ordered.attempt?.next, {
      type: 'answered',
      atMs: span(2).fromMs,
      checkAtMs: span(2).toMs,
    });
    expect(called.call.slot).toEqual({ ...span(2), used: true });
  });

  it('stays beside the wished one until Webex has moved the order', () => {
    const wish = asked(held, 4);
    expect(wish.slots).toEqual({ take: booking(4) });
    expect(wish.call.slot).toEqual(span(2));

    const moved = transition(claimed(wish.call, 4).call, attempt, { type: 'moved', atMs: startMs });
    expect(moved.call.slot).toEqual(span(4));
    expect(moved.slots).toEqual({ giveBack: span(2) });
  });

  it('is exchanged where Ringback holds the call from then on', () => {
    const taken = transition(asked(held, 4).call, attempt, { type: 'withdrawn', atMs: startMs });
    expect(taken.call).toMatchObject({ status: 'waiting', slot: span(4) });
    expect(taken.slots).toEqual({ giveBack: span(2) });
  });

  it('stays where Webex had begun, and the wished one is given back', () => {
    const failed = transition(asked(held, 4).call, attempt, { type: 'withdrawal-failed', atMs: startMs });
    expect(failed.call.slot).toEqual(span(2));
    expect(failed.slots).toEqual({ giveBack: span(4) });
  });

  it('is not taken twice by a wish for the same slot, nor given back by its end', () => {
    const wish = asked(held, 2);
    expect(wish.slots).toBeUndefined();
    expect(transition(wish.call, attempt, { type: 'withdrawal-failed', atMs: startMs }).slots).toBeUndefined();
    const moved = transition(claimed(wish.call, 2).call, attempt, { type: 'moved', atMs: startMs });
    expect(moved.slots).toBeUndefined();
    expect(moved.call.slot).toEqual(span(2));
  });

  it('gives an earlier wish back for a later one', () => {
    const second = asked(asked(held, 4).call, 5);
    expect(second.slots).toEqual({ take: booking(5), giveBack: span(4) });
    const back = asked(second.call, 2);
    expect(back.slots).toEqual({ giveBack: span(5) });
  });

  it('is given back by cancelling, with the wished one', () => {
    const plan = { do: 'cancel', by: 'person' } as const;
    const wish = transition(asked(held, 4).call, attempt, { type: 'withdrawal-asked', atMs: startMs, plan });
    expect(wish.slots).toEqual({ giveBack: span(4) });
    const gone = transition(wish.call, attempt, { type: 'withdrawn', atMs: startMs });
    expect(gone.call).toMatchObject({ status: 'cancelled' });
    expect(gone.slots).toEqual({ giveBack: span(2) });
  });

  it('is kept where Ringback takes the order back to hold the call itself', () => {
    const wish = transition(held, attempt, { type: 'withdrawal-asked', atMs: startMs, plan: { do: 'hold' } });
    const gone = transition(wish.call, attempt, { type: 'withdrawn', atMs: startMs });
    expect(gone.slots).toBeUndefined();
    expect(gone.call).toMatchObject({ status: 'waiting', slot: span(2) });
  });
});
