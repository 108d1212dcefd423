import { describe, expect, it } from 'vitest';
import type { InvocationOutcome } from '../../../../../../infra/local/contracts.ts';
import { judgeBatch } from '../../../../../../infra/local/runtime/sources/batch-response.ts';

const IDS = new Set(['a', 'b', 'c']);
const answer = (payload: unknown): InvocationOutcome => ({ outcome: 'answered', payload });
const failing = (...ids: unknown[]) => answer({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });

describe('a function’s answer to a batch', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
    ['no failures', { batchItemFailures: [] }],
    ['a list of failures that is null', { batchItemFailures: null }],
  ])('means that all is done when it is %s', (_what, payload) => {
    expect(judgeBatch(answer(payload), IDS, true)).toEqual({ verdict: 'done' });
  });

  it('names the records that failed', () => {
    expect(judgeBatch(failing('c', 'a'), IDS, true)).toEqual({ verdict: 'partial', failedIds: new Set(['c', 'a']) });
  });

  it.each([
    ['an unknown identifier', failing('a', 'x')],
    ['an empty identifier', failing('')],
    ['a missing identifier', failing(undefined)],
    ['a list that is none', answer({ batchItemFailures: 'a' })],
  ])('means that the whole batch failed when it has %s', (_what, outcome) => {
    expect(judgeBatch(outcome, IDS, true)).toMatchObject({ verdict: 'failed' });
  });

  it('means that all is done, whatever it says, where the mapping does not ask for item failures', () => {
    expect(judgeBatch(failing('a'), IDS, false)).toEqual({ verdict: 'done' });
  });

  it('means that the whole batch failed when the function did', () => {
    expect(judgeBatch({ outcome: 'timed-out', errorMessage: 'too late' }, IDS, true)).toEqual({
      verdict: 'failed',
      problem: 'too late',
    });
  });
});
