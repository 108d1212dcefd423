import type { EpochMs } from '../shared/clock.ts';
import { type Attempt, type Call, isFinal } from './call.ts';

/** Whether Webex has the order for a window that has not begun: what is still to be changed is changed there. */
export const waitsAtWebex = (call: Call, nowMs: EpochMs): boolean =>
  call.status === 'placed' && isAhead(call, nowMs) && call.withdrawal?.failed !== true;

/** Whether the order is on its way to Webex, or nobody knows yet whether it has come there. */
export const isBeingOrdered = (call: Call, nowMs: EpochMs): boolean =>
  call.status === 'dialing' && isAhead(call, nowMs);

const isAhead = ({ heldBy, window }: Call, nowMs: EpochMs): boolean =>
  heldBy === 'webex' && window !== undefined && nowMs < window.fromMs;

/** Whether Webex is being asked to move the order, so that another move would have to wait for its answer. */
export const isBeingMoved = ({ withdrawal }: Call): boolean => withdrawal?.order !== undefined && !withdrawal.failed;

/** What the person is told: an order with Webex is no call yet, so it is `waiting` until its window begins. */
export const statusTold = (call: Call, nowMs: EpochMs): Call['status'] =>
  waitsAtWebex(call, nowMs) || isBeingOrdered(call, nowMs) ? 'waiting' : call.status;

/** The instant before which nobody calls. */
export function callAfterMs({ heldBy, window, dueAtMs, withdrawal }: Call): EpochMs {
  if (withdrawal?.plan.do === 'move' && !withdrawal.failed)
    return withdrawal.plan.window?.fromMs ?? withdrawal.askedAtMs;
  return heldBy === 'webex' && window ? window.fromMs : dueAtMs;
}

/** Who waits for the wished time; undefined where none was wished for, or the call is over. */
export const heldBy = (call: Call): 'ringback' | 'webex' | undefined =>
  call.window && !isFinal(call.status) ? (call.heldBy ?? 'ringback') : undefined;

/** What Webex is being asked for on behalf of the person; who else takes a call back is nothing that the person is told. */
export function pendingChange({ status, withdrawal }: Call): 'cancel' | 'move' | undefined {
  if (status !== 'placed' || !withdrawal || withdrawal.failed) return undefined;
  const { plan } = withdrawal;
  if (plan.do === 'cancel') return plan.by === 'person' ? 'cancel' : undefined;
  return plan.do === 'move' ? 'move' : undefined;
}

/** When an order may lead to a call: within the window that Webex was told last, and the one that it may not have heard of. */
export function orderSpan(
  call: Call,
  attempt: Attempt,
): { readonly fromMs: EpochMs; readonly toMs: EpochMs } | undefined {
  const { order } = attempt;
  if (!order) return undefined;
  const asked = call.withdrawal?.order ?? order;
  return { fromMs: Math.min(order.fromMs, asked.fromMs), toMs: Math.max(order.toMs, asked.toMs) };
}
