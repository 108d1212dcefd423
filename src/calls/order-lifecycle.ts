import type { Decision } from '../policy/types.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { SlotBooking } from '../slots/ports.ts';
import { type Attempt, type AttemptOrder, type Call, type Withdrawal, type WithdrawalPlan, countedMs } from './call.ts';
import {
  IllegalTransitionError,
  type Next,
  type Step,
  ended,
  graceMs,
  required,
  reviewMs,
  waitUntil,
} from './lifecycle-parts.ts';

/** What can happen to a call that Webex holds for its window, beside what happens to every call. */
export type OrderEvent =
  /** Webex does not want the order: Ringback holds the call until its window. */
  | { readonly type: 'order-refused'; readonly atMs: EpochMs; readonly detail: string; readonly trackingId?: string }
  /** Weighed again right before the window: it may go on. */
  | { readonly type: 'reviewed'; readonly atMs: EpochMs; readonly checkAtMs: EpochMs; readonly decision: Decision }
  /** Takes the place of an earlier wish. */
  | {
      readonly type: 'withdrawal-asked';
      readonly atMs: EpochMs;
      readonly plan: WithdrawalPlan;
      /** Where the new plan is a slot of the line. */
      readonly booking?: SlotBooking;
      readonly decision?: Decision;
    }
  /** Right before Webex is asked to move the order: the new window counts against the caps beside the old one. */
  | {
      readonly type: 'move-claimed';
      readonly atMs: EpochMs;
      readonly order: AttemptOrder;
      readonly countedAtMs: EpochMs;
      readonly decision: Decision;
    }
  | { readonly type: 'moved'; readonly atMs: EpochMs }
  /** Webex has the order no more and did not call: the wish comes true. */
  | { readonly type: 'withdrawn'; readonly atMs: EpochMs; readonly heldBy?: 'webex' }
  /** Webex had begun before it could be told. */
  | { readonly type: 'withdrawal-failed'; readonly atMs: EpochMs };

export const orderSteps: Readonly<Record<OrderEvent['type'], Step>> = {
  'order-refused': { from: ['dialing'], to: ['waiting'], attempt: { from: ['sent', 'uncertain'], to: 'rejected' } },
  reviewed: { from: ['placed'] },
  'withdrawal-asked': { from: ['placed'] },
  'move-claimed': { from: ['placed'] },
  moved: { from: ['placed'], attempt: { from: ['placed'] } },
  withdrawn: { from: ['placed'], to: ['waiting', 'cancelled'], attempt: { from: ['placed'], to: 'withdrawn' } },
  'withdrawal-failed': { from: ['placed'] },
};

export function nextOfOrder(call: Call, attempt: Attempt | undefined, event: OrderEvent): Next {
  switch (event.type) {
    case 'order-refused':
      return {
        call: waitUntil(event.atMs),
        attempt: {
          settledAtMs: event.atMs,
          detail: event.detail,
          trackingId: event.trackingId ?? attempt?.trackingId,
        },
        capCount: { remove: countedMs(required(attempt)) },
      };
    case 'reviewed':
      return { call: { checkAtMs: event.checkAtMs } };
    case 'withdrawal-asked':
      return { call: { withdrawal: askedFor(call, event), checkAtMs: event.atMs + graceMs.timer } };
    case 'move-claimed':
      return {
        call: {
          withdrawal: { ...wished(call), order: event.order, countedAtMs: event.countedAtMs },
          checkAtMs: event.atMs + graceMs.dispatch,
        },
        capCount: { add: event.countedAtMs },
      };
    case 'moved':
      return moved(call, required(attempt), event.atMs);
    case 'withdrawn':
      return withdrawn(call, required(attempt), event);
    case 'withdrawal-failed':
      return withdrawalFailed(call, event.atMs);
  }
}

/** A move that Webex was asked for and has not confirmed may have been made: order and count stay until that is settled. */
function askedFor(call: Call, { atMs, plan }: Extract<OrderEvent, { type: 'withdrawal-asked' }>): Withdrawal {
  const { order, countedAtMs } = call.withdrawal ?? {};
  return { askedAtMs: atMs, plan, ...(order && { order }), ...(countedAtMs !== undefined && { countedAtMs }) };
}

function wished({ withdrawal }: Call): Withdrawal {
  if (!withdrawal || withdrawal.failed) throw new IllegalTransitionError('Nobody wished to take the call back.');
  return withdrawal;
}

function moved(call: Call, attempt: Attempt, atMs: EpochMs): Next {
  const { order, countedAtMs } = wished(call);
  if (!order || countedAtMs === undefined)
    throw new IllegalTransitionError('A call whose move was not claimed was not moved.');
  return {
    call: {
      window: { fromMs: order.fromMs, toMs: order.toMs },
      expiresAtMs: order.toMs,
      withdrawal: undefined,
      checkAtMs: reviewMs(order, atMs),
    },
    attempt: { order, countedAtMs },
    capCount: { remove: countedMs(attempt) },
  };
}

function withdrawn(call: Call, attempt: Attempt, event: Extract<OrderEvent, { type: 'withdrawn' }>): Next {
  const { plan, countedAtMs } = wished(call);
  return {
    call: {
      ...(plan.do === 'cancel'
        ? ended('cancelled', cancelOutcome[plan.by], event.atMs)
        : waitUntil(event.atMs, event.heldBy)),
      ...(plan.do === 'move' && { window: plan.window, expiresAtMs: plan.expiresAtMs }),
      placedCount: call.placedCount - 1,
      withdrawal: undefined,
    },
    attempt: { settledAtMs: event.atMs, detail: 'Taken back before its window began.' },
    capCount: { remove: countedMs(attempt), ...(countedAtMs !== undefined && { removeToo: countedAtMs }) },
  };
}

function withdrawalFailed(call: Call, atMs: EpochMs): Next {
  const { countedAtMs, order: _order, ...rest } = wished(call);
  return {
    call: { withdrawal: { ...rest, failed: true }, checkAtMs: atMs },
    ...(countedAtMs !== undefined && { capCount: { remove: countedAtMs } }),
  };
}

export const cancelOutcome = {
  person: 'cancelled-by-person',
  operator: 'cancelled-by-operator',
  suppression: 'suppressed',
} as const;
