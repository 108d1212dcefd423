import { type ReconcileCallDeps, type ReconcileOutcome, reconcileCall } from './reconcile-call.ts';

/** Calls looked at in one sweep; what is left over is the oldest of the next one, a minute later. */
export const sweepCallsMax = 200;

/** How many calls are looked at side by side: each may ask Webex once. */
const concurrencyMax = 4;

export interface Sweep {
  readonly outcomes: Readonly<Partial<Record<ReconcileOutcome, number>>>;
  readonly failures: readonly { readonly callId: string; readonly error: unknown }[];
}

/** Moves on every open call whose check time has passed. One that fails does not stop the others; it comes again. */
export async function reconcileCalls(deps: ReconcileCallDeps): Promise<Sweep> {
  const callIds = [...(await deps.calls.due(deps.clock.nowMs(), sweepCallsMax))];
  const outcomes: Partial<Record<ReconcileOutcome, number>> = {};
  const failures: { callId: string; error: unknown }[] = [];
  const worker = async (): Promise<void> => {
    for (let callId = callIds.shift(); callId !== undefined; callId = callIds.shift()) {
      try {
        const outcome = await reconcileCall(deps, callId);
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      } catch (error) {
        failures.push({ callId, error });
      }
    }
  };
  await Promise.all(Array.from({ length: concurrencyMax }, worker));
  return { outcomes, failures };
}
