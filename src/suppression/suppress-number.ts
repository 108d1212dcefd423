import { type CancelCallsDeps, cancelCalls } from './cancel-calls.ts';
import type { Suppression, SuppressionStore } from './ports.ts';

export interface SuppressNumberDeps extends CancelCallsDeps {
  readonly suppressions: SuppressionStore;
}

export interface SuppressedNumber {
  readonly entry: Suppression;
  readonly cancelledCalls: number;
  /** Calls that had left for Webex before and did not settle in time; they were dialed before the suppression. */
  readonly leftBefore: number;
}

/** How long a request that was on its way to Webex is waited for: its own time-out is 10 s. */
const settleWaitMsMax = 12_000;

/**
 * Forbids calling a number and cancels what waits for it. Nothing is dialed after this has answered: an attempt is marked
 * sent only on condition that the number is not listed, and one that was marked before is waited for.
 * The rest of the way (Webex's lists and scheduled callbacks, the bus) goes from the list's stream.
 */
export async function suppressNumber(
  deps: SuppressNumberDeps,
  command: { number: string; reason: string; source: string; by: string },
): Promise<SuppressedNumber> {
  const { number, reason, source, by } = command;
  const nowMs = deps.clock.nowMs();
  // The stream's follower cancels too and may be quicker, so what was open before is counted as well.
  const [openBefore, { entry }] = await Promise.all([
    deps.calls.openCallIds(number, deps.lines),
    deps.suppressions.add({ number, list: 'internal', reason, source, addedBy: by, addedAtMs: nowMs }),
  ]);
  const openAfter = await deps.calls.openCallIds(number, deps.lines);
  const ends = await cancelCalls(deps, new Set([...openBefore, ...openAfter]), {
    sinceMs: nowMs,
    waitMsMax: settleWaitMsMax,
  });
  return {
    entry,
    cancelledCalls: ends.filter((end) => end === 'cancelled').length,
    leftBefore: ends.filter((end) => end === 'left-before').length,
  };
}
