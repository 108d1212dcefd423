import type { EpochMs } from '../shared/clock.ts';
import { type ReconcileCallDeps, type ReconcileOutcome, reconcileCall } from './reconcile-call.ts';

/** Calls read at a time; a sweep reads on until none is left or its time is over. */
export const sweepPageMax = 200;

/** How many calls are looked at side by side: each may ask Webex once. */
const concurrencyMax = 4;

export interface Sweep {
  readonly outcomes: Readonly<Partial<Record<ReconcileOutcome, number>>>;
  readonly failures: readonly { readonly callId: string; readonly error: unknown }[];
}

/**
 * Moves on every open call whose check time has passed. One that fails does not stop the others; it comes again.
 * @param untilMs no further call is begun after this instant; what is left over is the oldest of the next sweep.
 */
export async function reconcileCalls(deps: ReconcileCallDeps, untilMs: EpochMs): Promise<Sweep> {
  const seen = new Set<string>();
  const outcomes: Partial<Record<ReconcileOutcome, number>> = {};
  const failures: { callId: string; error: unknown }[] = [];
  const isOver = (): boolean => deps.clock.nowMs() >= untilMs;
  const worker = async (callIds: string[]): Promise<void> => {
    for (let callId = callIds.shift(); callId !== undefined && !isOver(); callId = callIds.shift()) {
      try {
        const outcome = await reconcileCall(deps, callId);
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      } catch (error) {
        failures.push({ callId, error });
      }
    }
  };
  while (!isOver()) {
    const due = await deps.calls.due(deps.clock.nowMs(), sweepPageMax);
    // The index lags, and a call that failed is still among the oldest: nothing is looked at twice in one sweep.
    const fresh = due.filter((callId) => !seen.has(callId));
    if (fresh.length === 0) break;
    for (const callId of fresh) seen.add(callId);
    await Promise.all(Array.from({ length: concurrencyMax }, () => worker(fresh)));
    if (due.length < sweepPageMax) break;
  }
  return { outcomes, failures };
}
