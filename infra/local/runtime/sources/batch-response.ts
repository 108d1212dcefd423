import type { InvocationOutcome } from '../../contracts.ts';

/** What became of a batch: which of its records are to be tried again. */
export type BatchVerdict =
  | { readonly verdict: 'done' }
  | { readonly verdict: 'failed'; readonly problem: string }
  /** Identifiers of single records, all of them in the batch. */
  | { readonly verdict: 'partial'; readonly failedIds: ReadonlySet<string> };

/**
 * Reads a function's answer to a batch as an event source mapping does. An answer with a malformed or unknown item
 * identifier means that the whole batch failed (Lambda developer guide, "Implementing partial batch responses").
 */
export const judgeBatch = (
  outcome: InvocationOutcome,
  ids: ReadonlySet<string>,
  reportsItemFailures: boolean,
): BatchVerdict => {
  if (outcome.outcome !== 'answered') return { verdict: 'failed', problem: outcome.errorMessage };
  if (!reportsItemFailures) return { verdict: 'done' };
  const { payload } = outcome;
  if (payload === null || payload === undefined) return { verdict: 'done' };
  if (typeof payload !== 'object') return { verdict: 'done' };
  const failures = (payload as { readonly batchItemFailures?: unknown }).batchItemFailures;
  if (failures === undefined || failures === null) return { verdict: 'done' };
  if (!Array.isArray(failures)) return { verdict: 'failed', problem: 'batchItemFailures is not a list.' };
  if (failures.length === 0) return { verdict: 'done' };
  const failedIds = new Set<string>();
  for (const failure of failures as unknown[]) {
    const id = identifierOf(failure);
    if (id === undefined || !ids.has(id)) {
      return {
        verdict: 'failed',
        problem: `batchItemFailures names ${JSON.stringify(id)}, which is not in the batch.`,
      };
    }
    failedIds.add(id);
  }
  return { verdict: 'partial', failedIds };
};

const identifierOf = (failure: unknown): string | undefined => {
  if (typeof failure !== 'object' || failure === null) return undefined;
  const { itemIdentifier } = failure as { readonly itemIdentifier?: unknown };
  return typeof itemIdentifier === 'string' && itemIdentifier !== '' ? itemIdentifier : undefined;
};
