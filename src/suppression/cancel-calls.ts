import { waitsAtWebex } from '../calls/held-by.ts';
import { transition } from '../calls/lifecycle.ts';
import type { CallStore } from '../calls/ports.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';

export interface CancelCallsDeps {
  readonly calls: Pick<CallStore, 'openCallIds' | 'get' | 'commit'>;
  readonly clock: Clock;
  /** Names of all lines: the open calls of a number are found by their locks, one a line. */
  readonly lines: readonly string[];
}

/** What became of a call to a number that was suppressed. */
export type CancelOutcome = 'cancelled' | 'nothing-to-do' | 'left-before';

const pollMs = 50;

/**
 * Cancels the calls that wait for a suppressed number.
 * @param sinceMs calls that the suppression itself has cancelled since then count as cancelled, whoever was first.
 * @param waitMsMax how long a call is waited for that is on its way to Webex.
 */
export const cancelCalls = (
  deps: CancelCallsDeps,
  callIds: Iterable<string>,
  { sinceMs, waitMsMax }: { readonly sinceMs: EpochMs; readonly waitMsMax: number },
): Promise<CancelOutcome[]> =>
  Promise.all([...callIds].map((callId) => cancelCall(deps, callId, sinceMs, deps.clock.nowMs() + waitMsMax)));

async function cancelCall(
  deps: CancelCallsDeps,
  callId: string,
  sinceMs: EpochMs,
  untilMs: EpochMs,
): Promise<CancelOutcome> {
  for (;;) {
    const found = await deps.calls.get(callId);
    const nowMs = deps.clock.nowMs();
    switch (found?.call.status) {
      case 'accepted':
      case 'waiting': {
        const cancelled = transition(found.call, undefined, { type: 'cancelled', atMs: nowMs, by: 'suppression' });
        if ((await deps.calls.commit(cancelled)) === 'committed') return 'cancelled';
        break;
      }
      case 'placed': {
        if (!waitsAtWebex(found.call, nowMs)) return 'nothing-to-do';
        // Webex deletes the order at dispatch-call's request; it is waited for like a call on its way.
        if (found.call.withdrawal?.plan.do === 'cancel') break;
        const plan = { do: 'cancel', by: 'suppression' } as const;
        const asked = transition(found.call, found.attempt, { type: 'withdrawal-asked', atMs: nowMs, plan });
        await deps.calls.commit(asked);
        break;
      }
      case 'dialing':
        if (found.attempt?.status === 'uncertain') return 'left-before';
        break;
      case 'cancelled':
        return found.call.outcome === 'suppressed' && (found.call.endedAtMs ?? 0) >= sinceMs
          ? 'cancelled'
          : 'nothing-to-do';
      default:
        return 'nothing-to-do';
    }
    if (nowMs >= untilMs) return 'left-before';
    await deps.clock.sleep(pollMs);
  }
}
