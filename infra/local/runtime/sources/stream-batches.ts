import type { InvocationOutcome } from '../../contracts.ts';
import { judgeBatch } from './batch-response.ts';

/** A stream record in the form that a function gets it. */
export interface StreamRecord {
  readonly eventID: string;
  readonly dynamodb: { readonly SequenceNumber: string; readonly ApproximateCreationDateTime: number };
  readonly [member: string]: unknown;
}

/** How a mapping treats a batch that failed. */
export interface RetryRule {
  readonly bisects: boolean;
  /** Infinity where the template says -1 or nothing. */
  readonly retriesMax: number;
  readonly recordAgeMaxMs: number;
  readonly reportsItemFailures: boolean;
}

/** Records that stay together, and how often they failed. */
export interface PendingBatch {
  readonly records: readonly StreamRecord[];
  readonly failures: number;
}

/** What to do after a batch has been tried. */
export interface NextStep {
  /** The last record that needs nothing more; undefined where none is through. */
  readonly finished?: StreamRecord;
  /** Given up: these go to the mapping's destination. */
  readonly discarded?: {
    readonly records: readonly StreamRecord[];
    readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
  };
  /** What is to be tried next, in this order, before anything newer of the shard. */
  readonly again: readonly PendingBatch[];
  /** Whether to wait a while before that. */
  readonly pauses: boolean;
}

/**
 * Decides what follows from a function's answer to a batch of one shard, where order must hold: nothing behind a failed
 * record goes on before it (Lambda developer guide, "Error handling" of DynamoDB streams).
 */
export const nextStep = (batch: PendingBatch, outcome: InvocationOutcome, rule: RetryRule, nowMs: number): NextStep => {
  const { records } = batch;
  const ids = new Set(records.map(({ dynamodb }) => dynamodb.SequenceNumber));
  const verdict = judgeBatch(outcome, ids, rule.reportsItemFailures);
  const last = records.at(-1);
  if (verdict.verdict === 'done')
    return { ...(last === undefined ? {} : { finished: last }), again: [], pauses: false };
  if (outcome.outcome === 'throttled') return { again: [batch], pauses: true };
  const lowest =
    verdict.verdict === 'partial'
      ? records.findIndex(({ dynamodb }) => verdict.failedIds.has(dynamodb.SequenceNumber))
      : 0;
  const before = records[lowest - 1];
  const rest = records.slice(lowest);
  // A batch that came through in part is another batch now, so its failures count from here.
  const failures = (lowest > 0 ? 0 : batch.failures) + 1;
  return { ...(before === undefined ? {} : { finished: before }), ...retry(rest, failures, rule, nowMs) };
};

const retry = (
  records: readonly StreamRecord[],
  failures: number,
  rule: RetryRule,
  nowMs: number,
): Omit<NextStep, 'finished'> => {
  const oldestMs = (records[0]?.dynamodb.ApproximateCreationDateTime ?? 0) * 1000;
  if (nowMs - oldestMs > rule.recordAgeMaxMs) {
    return { discarded: { records, condition: 'RecordAgeExceeded' }, again: [], pauses: false };
  }
  if (rule.bisects && records.length > 1) {
    const middle = Math.ceil(records.length / 2);
    // Splitting a batch does not count as a retry.
    const halves = [records.slice(0, middle), records.slice(middle)].map((half) => ({
      records: half,
      failures: failures - 1,
    }));
    return { again: halves, pauses: true };
  }
  if (failures > rule.retriesMax) {
    return { discarded: { records, condition: 'RetryAttemptsExhausted' }, again: [], pauses: false };
  }
  return { again: [{ records, failures }], pauses: true };
};
