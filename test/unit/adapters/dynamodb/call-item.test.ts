import { describe, expect, it } from 'vitest';
import { attemptItem, callItem, decisionItem } from '../../../../src/adapters/dynamodb/call-item.ts';
import { sampleAttempt, sampleCall, sampleDecision, sampleFacts, startMs } from '../../calls/bench.ts';

const dayMs = 86_400_000;
const retentionMs = 30 * dayMs;
const open = sampleCall({ status: 'waiting', expiresAtMs: startMs + dayMs });
const ttlOf = (stored: Record<string, { N?: string | undefined }>): number => Number(stored['ttl']?.N) * 1_000;

describe('what is kept of a call', () => {
  it('has no end while the call is open', () => {
    expect(callItem(open, retentionMs)).not.toHaveProperty('ttl');
  });

  it.each([
    ['at once', startMs],
    ['a day after its last instant, for want of an outcome', startMs + 2 * dayMs],
    ['after it was moved by 31 days', startMs + 33 * dayMs],
  ])('stays together for a call that ends %s, and goes at most 33 days after it', (_when, endedAtMs) => {
    const call = callItem({ ...open, status: 'completed', endedAtMs }, retentionMs);
    const besides = [
      attemptItem(sampleAttempt({ status: 'sent' }), open, retentionMs),
      decisionItem(open, sampleDecision(sampleFacts()), retentionMs),
    ];

    for (const beside of besides) {
      expect(ttlOf(beside)).toBeGreaterThanOrEqual(ttlOf(call));
      expect(ttlOf(beside)).toBeLessThanOrEqual(open.expiresAtMs + retentionMs + 33 * dayMs);
    }
  });
});
