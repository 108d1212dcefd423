/**
 * Waits until each work has ended, so that one that fails keeps no other from being done.
 * @throws the failure; of several an AggregateError with all their messages, because a log shows nothing else of it
 */
export async function settleAll<const Works extends readonly Promise<unknown>[]>(
  works: Works,
): Promise<{ -readonly [Index in keyof Works]: Awaited<Works[Index]> }> {
  const settled = await Promise.allSettled(works);
  const failures = settled.flatMap((work) => (work.status === 'rejected' ? [work.reason as unknown] : []));
  if (failures.length > 1) throw new AggregateError(failures, failures.map(messageOf).join(' '));
  return Promise.all(works);
}

const messageOf = (failure: unknown): string => (failure instanceof Error ? failure.message : String(failure));
