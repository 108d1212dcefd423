import type { Line } from '../settings/schema.ts';
import type { WaitEstimates } from './estimate-wait.ts';

/** Queues that one page asks about at most; each is one read of the cache. */
const queuesMax = 10;

/** Seconds that people wait on public lines, by the name of the line; nothing of those that nobody knows. */
export async function waitsOfLines(
  lines: Readonly<Record<string, Partial<Pick<Line, 'queueId' | 'audience'>>>>,
  waits: Pick<WaitEstimates, 'ofQueue'>,
): Promise<ReadonlyMap<string, number>> {
  const named = Object.entries(lines).flatMap(([name, { queueId, audience }]) =>
    queueId === undefined || audience === 'operators' ? [] : [[name, queueId] as const],
  );
  const queues = [...new Set(named.map(([, queueId]) => queueId))].slice(0, queuesMax);
  const estimates = await Promise.all(queues.map(async (queueId) => [queueId, await waits.ofQueue(queueId)] as const));
  const seconds = new Map(
    estimates.flatMap(([queueId, { wait }]) => (wait.known ? [[queueId, wait.waitSeconds] as const] : [])),
  );
  return new Map(
    named.flatMap(([name, queueId]) => {
      const waitSeconds = seconds.get(queueId);
      return waitSeconds === undefined ? [] : [[name, waitSeconds] as const];
    }),
  );
}
