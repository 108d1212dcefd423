import type { RetryRule } from './stream-batches.ts';

/** What an event source mapping of a table's stream says, with Lambda's defaults filled in. */
export interface StreamMapping {
  readonly path: string;
  readonly id: string;
  /** As the template has it; the engine has a name of its own for the same stream. */
  readonly streamArn: string;
  readonly tableName: string;
  readonly functionArn: string;
  readonly functionName: string;
  readonly startsAt: 'TRIM_HORIZON' | 'LATEST';
  readonly batchSize: number;
  readonly windowMs: number;
  readonly retry: RetryRule;
  readonly filters: readonly string[];
  /** ARN of the queue that hears of discarded batches. */
  readonly onFailureArn?: string;
}
