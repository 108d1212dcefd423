import type { CallStore } from '../calls/ports.ts';
import { transition } from '../calls/lifecycle.ts';
import type { Clock } from '../shared/clock.ts';
import type { Suppression, SuppressionStore } from './ports.ts';

export interface SuppressNumberDeps {
  readonly suppressions: SuppressionStore;
  readonly calls: Pick<CallStore, 'openCallIds' | 'get' | 'commit'>;
  readonly clock: Clock;
  /** Names of all lines: the open calls of a number are found by their locks, one a line. */
  readonly lines: readonly string[];
}

export interface SuppressedNumber {
  readonly entry: Suppression;
  readonly cancelledCalls: number;
  /** Calls that had left for Webex before and did not settle in time; they were dialed before the suppression. */
  readonly leftBefore: number;
}

/** How long a request that was on its way to Webex is waited for: its own time-out is 10 s. */
const settleWaitMsMax = 12_000;
const settlePollMs = 50;

/**
 * Forbids calling a number and cancels what waits for it. Nothing is dialed after this has answered: an attempt is marked
 * sent only on condition that the number is not listed, and one that was marked before is waited for.
 */
export async function suppressNumber(
  deps: SuppressNumberDeps,
  command: { number: string; reason: string; source: string; by: string },
): Promise<SuppressedNumber> {
  const { number, reason, source, by } = command;
  const { entry } = await deps.suppressions.add({
    number,
    list: 'internal',
    reason,
    source,
    addedBy: by,
    addedAtMs: deps.clock.nowMs(),
  });
  const callIds = await deps.calls.openCallIds(number, deps.lines);
  const ends = await Promise.all(callIds.map((callId) => cancelOpenCall(deps, callId)));
  return {
    entry,
    cancelledCalls: ends.filter((end) => end === 'cancelled').length,
    leftBefore: ends.filter((end) => end === 'left-before').length,
  };
}

async function cancelOpenCall(
  deps: SuppressNumberDeps,
  callId: string,
): Promise<'cancelled' | 'nothing-to-do' | 'left-before'> {
  const untilMs = deps.clock.nowMs() + settleWaitMsMax;
  for (;;) {
    const found = await deps.calls.get(callId);
    const nowMs = deps.clock.nowMs();
    switch (found?.call.status) {
      case 'accepted':
      case 'waiting':
        if (
          (await deps.calls.commit(
            transition(found.call, undefined, { type: 'cancelled', atMs: nowMs, by: 'suppression' }),
          )) === 'committed'
        )
          return 'cancelled';
        break;
      case 'dialing':
        if (found.attempt?.status === 'uncertain') return 'left-before';
        break;
      default:
        return 'nothing-to-do';
    }
    if (nowMs >= untilMs) return 'left-before';
    await deps.clock.sleep(settlePollMs);
  }
}
