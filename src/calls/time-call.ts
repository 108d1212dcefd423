import type { Clock } from '../shared/clock.ts';
import { isFinal, type Call } from './call.ts';
import { transition } from './lifecycle.ts';
import type { CallStore, CallTimers, DispatchQueue } from './ports.ts';

export interface TimeCallDeps {
  readonly calls: Pick<CallStore, 'commit'>;
  readonly queue: DispatchQueue;
  readonly timers: CallTimers;
  readonly clock: Clock;
}

/**
 * Calls due within this time go to the queue with a delay instead of getting a timer: EventBridge Scheduler fires
 * up to a minute late, SQS delays to the second.
 */
export const queueDelayMsMax = 60_000;

/**
 * Follows the table's stream, the outbox: gives every call that waits its timer or its place in the queue.
 * Doing so twice is harmless, because a dispatch that finds nothing to do does nothing.
 */
export async function timeCall(
  deps: TimeCallDeps,
  call: Call,
  before?: Call,
): Promise<'queued' | 'timed' | 'cleared' | 'nothing'> {
  const armedBefore = before !== undefined && isWaiting(before) && before.dueAtMs === call.dueAtMs;
  if (isWaiting(call) && !armedBefore) return arm(deps, call);
  const { withdrawal } = call;
  if (withdrawal && !withdrawal.failed && withdrawal.askedAtMs !== before?.withdrawal?.askedAtMs) {
    await deps.queue.send(call.id, 0);
    return 'queued';
  }
  if (isFinal(call.status) && before && isWaiting(before)) {
    await deps.timers.clear(call.id);
    return 'cleared';
  }
  return 'nothing';
}

const isWaiting = (call: Call): boolean => call.status === 'accepted' || call.status === 'waiting';

async function arm(deps: TimeCallDeps, call: Call): Promise<'queued' | 'timed'> {
  const nowMs = deps.clock.nowMs();
  const aheadMs = call.dueAtMs - nowMs;
  const later = aheadMs > queueDelayMsMax;
  if (later) await deps.timers.set(call.id, call.dueAtMs);
  else await deps.queue.send(call.id, Math.max(0, Math.ceil(aheadMs / 1_000)));
  if (call.status === 'accepted' && later) {
    // A conflict is fine: the call has moved on by itself, which is all that arming it was for.
    await deps.calls.commit(transition(call, undefined, { type: 'armed', atMs: nowMs }));
  }
  return later ? 'timed' : 'queued';
}
