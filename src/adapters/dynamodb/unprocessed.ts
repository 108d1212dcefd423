import type { Clock } from '../../shared/clock.ts';

const attemptsMax = 8;
const firstDelayMs = 50;
const delayMsMax = 5_000;

/** DynamoDB left items unprocessed again and again: the table is throttled. The work can go on later. */
export class UnprocessedItemsError extends Error {
  override readonly name = 'UnprocessedItemsError';
  readonly code = 'items-unprocessed';
}

/** Sends what a batch left unprocessed again, later each time. @throws UnprocessedItemsError */
export async function untilProcessed<T>(
  all: readonly T[],
  { table, clock }: { readonly table: string; readonly clock: Pick<Clock, 'sleep'> },
  send: (pending: T[]) => Promise<T[]>,
): Promise<void> {
  let pending = [...all];
  for (let attempt = 1; ; attempt += 1) {
    pending = await send(pending);
    if (pending.length === 0) return;
    if (attempt === attemptsMax) {
      throw new UnprocessedItemsError(
        `DynamoDB left ${pending.length} items of ${table} unprocessed ${attemptsMax} times.`,
      );
    }
    const ceilingMs = Math.min(firstDelayMs * 2 ** (attempt - 1), delayMsMax);
    await clock.sleep(ceilingMs / 2 + (Math.random() * ceilingMs) / 2);
  }
}

export const groupsOf = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));

/** Works on all of them, so many at the same time. */
export async function inParallel<T>(
  all: readonly T[],
  concurrency: number,
  work: (each: T) => Promise<void>,
): Promise<void> {
  const queue = all.values();
  const worker = async () => {
    for (const each of queue) await work(each);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, all.length) }, worker));
}
