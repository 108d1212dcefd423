import type { EpochMs } from '../shared/clock.ts';
import type { SlotBooking } from '../slots/ports.ts';
import type { SlotSpan } from '../slots/slot-grid.ts';
import type { Call, SlotPlace } from './call.ts';
import type { CallEvent } from './lifecycle-event.ts';

/** What a change does to the places in the slots of the call's line; written in the same transaction. */
export interface SlotChange {
  /** The write fails as `slot-taken` where the slot is full at that very moment. */
  readonly take?: SlotBooking;
  readonly giveBack?: SlotSpan;
}

interface Places {
  readonly slot: Call['slot'];
  readonly slots?: SlotChange;
}

/** The slot that a call has a place in after an event, and what that does to the counts. */
export function changeSlots(before: Call, after: Call, event: CallEvent): Places {
  const { slot } = before;
  switch (event.type) {
    case 'rescheduled':
      return { slot: event.booking && spanOf(event.booking), ...exchange(slot, slot, event.booking, event.atMs) };
    case 'withdrawal-asked':
      // The wish takes its place at once, beside the one that the call has until Webex has agreed.
      return { slot, ...exchange(wishedSlot(before), slot, event.booking, event.atMs) };
    case 'withdrawal-failed':
      return { slot, ...giveBack(wishedSlot(before), slot, event.atMs) };
    case 'moved':
    case 'withdrawn':
      return taken(before, after, event.atMs);
    case 'placed':
      return { slot: slot && event.taskId !== undefined ? { ...slot, used: true } : slot };
    case 'answered':
    case 'went-unanswered':
      return { slot: slot && { ...slot, used: true } };
    default:
      return afterEnd(slot, after, event.atMs);
  }
}

/** Once Webex has moved or returned its order, a wish for another time has come true. */
function taken(before: Call, after: Call, atMs: EpochMs): Places {
  if (before.withdrawal?.plan.do !== 'move') return afterEnd(before.slot, after, atMs);
  const slot = wishedSlot(before);
  return { slot, ...giveBack(before.slot, slot, atMs) };
}

function afterEnd(slot: Call['slot'], after: Call, atMs: EpochMs): Places {
  return endsUncalled(after)
    ? { slot: isFree(slot, atMs) ? undefined : slot, ...giveBack(slot, undefined, atMs) }
    : { slot };
}

/**
 * @param left the place that is given up
 * @param kept the place that the call has anyway, so that a booking of it takes no second one
 */
function exchange(
  left: SlotPlace | undefined,
  kept: SlotPlace | undefined,
  booking: SlotBooking | undefined,
  atMs: EpochMs,
): Pick<Places, 'slots'> {
  const take = booking && !isSame(booking, kept) && !isSame(booking, left) ? booking : undefined;
  const back = isSame(left, booking) || (left !== kept && isSame(left, kept)) || !isFree(left, atMs) ? undefined : left;
  return take || back ? { slots: { ...(take && { take }), ...(back && { giveBack: back }) } } : {};
}

const giveBack = (left: SlotPlace | undefined, kept: SlotPlace | undefined, atMs: EpochMs): Pick<Places, 'slots'> =>
  left && !isSame(left, kept) && isFree(left, atMs) ? { slots: { giveBack: left } } : {};

function wishedSlot({ withdrawal }: Call): SlotPlace | undefined {
  return withdrawal?.plan.do === 'move' && !withdrawal.failed ? withdrawal.plan.slot : undefined;
}

const spanOf = ({ fromMs, toMs }: SlotSpan): SlotPlace => ({ fromMs, toMs });

const isSame = (one: SlotSpan | undefined, other: SlotSpan | undefined): boolean =>
  one !== undefined && other !== undefined && one.fromMs === other.fromMs && one.toMs === other.toMs;

/** A place that a placed call has used, or whose slot is over, is worth nothing to others and stays counted. */
const isFree = (place: SlotPlace | undefined, atMs: EpochMs): boolean =>
  place !== undefined && !place.used && atMs < place.toMs;

/** Whether a call is over and nobody is going to phone for it; what was handed over, somebody phones by hand. */
const endsUncalled = ({ status, outcome }: Call): boolean =>
  status === 'refused' || status === 'cancelled' || status === 'expired' || outcome === 'rejected-by-webex';
