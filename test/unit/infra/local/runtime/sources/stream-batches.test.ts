import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InvocationOutcome } from '../../../../../../infra/local/contracts.ts';
import {
  nextStep,
  type PendingBatch,
  type RetryRule,
  type StreamRecord,
} from '../../../../../../infra/local/runtime/sources/stream-batches.ts';

const NOW_MS = 1_000_000;
const record = (number: number, ageMs = 0): StreamRecord => ({
  eventID: String(number),
  dynamodb: { SequenceNumber: String(number), ApproximateCreationDateTime: (NOW_MS - ageMs) / 1000 },
});
const batch = (numbers: readonly number[], failures = 0): PendingBatch => ({
  records: numbers.map((number) => record(number)),
  failures,
});
const numbersOf = (records: readonly StreamRecord[]): number[] => records.map(({ eventID }) => Number(eventID));
const rule = (more: Partial<RetryRule> = {}): RetryRule => ({
  bisects: false,
  retriesMax: Number.POSITIVE_INFINITY,
  recordAgeMaxMs: 60_000,
  reportsItemFailures: true,
  ...more,
});
const done: InvocationOutcome = { outcome: 'answered', payload: null };
const threw: InvocationOutcome = { outcome: 'error', errorType: 'Error', errorMessage: 'x', trace: [] };
const failing = (...numbers: number[]): InvocationOutcome => ({
  outcome: 'answered',
  payload: { batchItemFailures: numbers.map((number) => ({ itemIdentifier: String(number) })) },
});

describe('what follows from an answer to a batch of a shard', () => {
  it('goes on behind the last record when all is done', () => {
    const step = nextStep(batch([1, 2, 3]), done, rule(), NOW_MS);

    expect(step).toMatchObject({ finished: { eventID: '3' }, again: [], pauses: false });
  });

  it('tries everything from the lowest failed record on again, and keeps what came before as done', () => {
    const step = nextStep(batch([1, 2, 3, 4], 2), failing(4, 3), rule(), NOW_MS);

    expect(step.finished?.eventID).toBe('2');
    expect(step.again.map(({ records, failures }) => [numbersOf(records), failures])).toEqual([[[3, 4], 1]]);
  });

  it('tries the whole batch again after an error and counts the failures', () => {
    const step = nextStep(batch([1, 2], 1), threw, rule(), NOW_MS);

    expect(step.again.map(({ records, failures }) => [numbersOf(records), failures])).toEqual([[[1, 2], 2]]);
    expect(step.finished).toBeUndefined();
  });

  it('splits a failed batch in order, without counting that as a retry', () => {
    const step = nextStep(batch([1, 2, 3], 1), threw, rule({ bisects: true }), NOW_MS);

    expect(step.again.map(({ records, failures }) => [numbersOf(records), failures])).toEqual([
      [[1, 2], 1],
      [[3], 1],
    ]);
  });

  it('gives a batch up after the retries that the mapping allows', () => {
    const last = nextStep(batch([1], 1), threw, rule({ retriesMax: 2 }), NOW_MS);
    const tooMany = nextStep(batch([1], 2), threw, rule({ retriesMax: 2 }), NOW_MS);

    expect(last.discarded).toBeUndefined();
    expect(tooMany.discarded).toMatchObject({ condition: 'RetryAttemptsExhausted' });
    expect(tooMany.again).toEqual([]);
  });

  it('gives a batch up whose first record is too old', () => {
    const old = { records: [record(1, 70_000), record(2)], failures: 0 };

    expect(nextStep(old, threw, rule({ bisects: true }), NOW_MS).discarded).toMatchObject({
      condition: 'RecordAgeExceeded',
    });
  });

  it('does not count a throttled try', () => {
    const step = nextStep(batch([1], 2), { outcome: 'throttled', errorMessage: 'x' }, rule({ retriesMax: 2 }), NOW_MS);

    expect(step).toMatchObject({ again: [{ failures: 2 }], pauses: true });
  });

  it('never loses or reorders a record: done, tried again and given up make up the batch', () => {
    const outcomes = fc.oneof(
      fc.constant(done),
      fc.constant(threw),
      fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }).map((ids) => failing(...ids)),
    );
    const rules = fc.record({ bisects: fc.boolean(), retriesMax: fc.integer({ min: 0, max: 3 }) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(3), outcomes, rules, (size, failures, outcome, more) => {
        const numbers = Array.from({ length: size }, (_, index) => index + 1);

        const step = nextStep(batch(numbers, failures), outcome, rule(more), NOW_MS);

        const finished = numbers.slice(0, step.finished === undefined ? 0 : Number(step.finished.eventID));
        const rest = [
          ...numbersOf(step.discarded?.records ?? []),
          ...step.again.flatMap(({ records }) => numbersOf(records)),
        ];
        expect([...finished, ...rest]).toEqual(numbers);
      }),
    );
  });
});
