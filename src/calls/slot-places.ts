import type { SlotBooking } from '../slots/ports.ts';
import type { SlotSpan } from '../slots/slot-grid.ts';
import type { Call } from './call.ts';
import type { CallEvent } from './lifecycle.ts';

/** What a change does to the places in the slots of the call's line; written in the same transaction. */
export interface SlotChange {
  /** The write fails as `slot-taken` where the slot is full at that very moment. */
  readonly take?: SlotBooking;
  readonly giveBack?: SlotSpan;
}

/** The slot that a call has a place in after an event, and what that does to the counts. */
export function changeSlots(
  before: Call,
  after: Call,
  event: CallEvent,
): { readonly slot: Call['slot']; readonly slots?: SlotChange } {
  const { slot } = before;
  if (event.type === 'rescheduled') return move(slot, event.booking, event.atMs);
  if (!slot) return { slot };
  if (event.type === 'placed') return { slot: { ...slot, used: true } };
  return endsUncalled(after) && isFree(slot, event.atMs) ? { slot: undefined, slots: { giveBack: slot } } : { slot };
}

function move(slot: Call['slot'], booking: SlotBooking | undefined, atMs: number): ReturnType<typeof changeSlots> {
  if (slot && booking?.fromMs === slot.fromMs && booking.toMs === slot.toMs) return { slot };
  const giveBack = slot && isFree(slot, atMs) ? slot : undefined;
  return {
    slot: booking && { fromMs: booking.fromMs, toMs: booking.toMs },
    ...((booking ?? giveBack) && { slots: { ...(booking && { take: booking }), ...(giveBack && { giveBack }) } }),
  };
}

/** A place that a placed call has used, or whose slot is over, is worth nothing to others and stays counted. */
const isFree = ({ used, toMs }: NonNullable<Call['slot']>, atMs: number): boolean => !used && atMs < toMs;

/** Whether a call is over and nobody is going to phone for it; what was handed over, somebody phones by hand. */
const endsUncalled = ({ status, outcome }: Call): boolean =>
  status === 'refused' || status === 'cancelled' || status === 'expired' || outcome === 'rejected-by-webex';
