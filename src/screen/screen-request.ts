import { type Result, fail, ok } from '../shared/result.ts';
import type { RequestCounters, ScreenObserver } from './ports.ts';
import type { ScreenRefusal, ScreenRule, ScreenedRequest } from './types.ts';
import { type VelocityLimits, countersOf, isNearlyFull, weighCounter } from './velocity.ts';

export interface ScreenDeps {
  /** In order; the first that finds something answers. They cost nothing, so they come before anything is counted. */
  readonly rules: readonly ScreenRule[];
  readonly limits: Readonly<Record<ScreenedRequest['form'], VelocityLimits>>;
  readonly counters: RequestCounters;
  readonly observer: ScreenObserver;
}

/** Whether a request from the public is looked at any further. It fails closed: what cannot be counted is not taken. */
export async function screenRequest(
  { rules, limits, counters, observer }: ScreenDeps,
  request: ScreenedRequest,
): Promise<Result<void, ScreenRefusal>> {
  const refuse = (refusal: ScreenRefusal): Result<void, ScreenRefusal> => {
    observer.refused(refusal.code);
    return fail(refusal);
  };
  for (const rule of rules) {
    const refusal = rule(request);
    if (refusal) return refuse(refusal);
  }
  const asked = countersOf(request, limits[request.form]);
  const counted = await counters.add(asked, request.atMs).catch((error: unknown) => {
    observer.unavailable(error);
    return undefined;
  });
  if (!counted) return refuse({ code: 'screen-unavailable' });
  for (const [index, counter] of asked.entries()) {
    const found = counted[index];
    const refusal = found ? weighCounter(counter, found, request.atMs) : { code: 'screen-unavailable' as const };
    if (refusal) return refuse(refusal);
    if (found && counter.shards > 1 && isNearlyFull(counter, found)) observer.nearlyFull(counter.code);
  }
  return ok(undefined);
}
