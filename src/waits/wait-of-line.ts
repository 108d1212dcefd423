import type { Line } from '../settings/schema.ts';
import { type Result, fail, ok } from '../shared/result.ts';
import { type WaitEstimate, type WaitEstimates, waitFreshMs } from './estimate-wait.ts';

export interface WaitOfLineDeps {
  readonly lines: Readonly<Record<string, Pick<Line, 'queueId' | 'audience'>>>;
  readonly waits: Pick<WaitEstimates, 'ofQueue'>;
}

/** How long people wait on a public line now; not known where the line names no queue. */
export async function waitOfLine(
  { lines, waits }: WaitOfLineDeps,
  name: string,
): Promise<Result<WaitEstimate, { readonly code: 'not-found' }>> {
  const line = Object.hasOwn(lines, name) ? lines[name] : undefined;
  if (!line || line.audience === 'operators') return fail({ code: 'not-found' });
  if (line.queueId === undefined) return ok({ wait: { known: false }, freshMs: waitFreshMs });
  return ok(await waits.ofQueue(line.queueId));
}
