import { describe, expect, test } from 'vitest';
import { bucketRules, take } from '../../../src/budget/bucket.ts';
import { laneWaitsMs } from '../../../src/budget/lane-waits.ts';

const nowMs = Date.UTC(2026, 10, 20);

describe.each([16, 20, 45, 60, 300, 3_000])('with %i requests a minute', (requestsPerMinute) => {
  const rules = bucketRules(requestsPerMinute);
  const waits = laneWaitsMs(rules);

  test('a callback gets its token although a lower lane has just taken the next one', () => {
    const before = lastGranted(rules, waits.outdials);

    expect(take(before, rules, 'callbacks', nowMs, waits.callbacks).granted).toBe(true);
  });

  test('reconciliation gets its share although callbacks queue as long as they may', () => {
    let state = lastGranted(rules, waits.outdials);
    for (;;) {
      const taken = take(state, rules, 'callbacks', nowMs, waits.callbacks);
      if (!taken.granted) break;
      state = taken.after;
    }

    expect(take(state, rules, 'reconcile', nowMs, waits.reconcile).granted).toBe(true);
  });
});

test('a callback never waits for so long that its request could not leave any more', () => {
  expect(laneWaitsMs(bucketRules(1)).callbacks).toBeLessThan(10_000);
});

test('the waits at Webex’s own limit are short', () => {
  expect(laneWaitsMs(bucketRules(300))).toEqual({
    callbacks: 1_000,
    outdials: 3_000,
    reconcile: 5_000,
    uploads: 5_000,
  });
});

/** The bucket after outdials have taken all that they may, the next token included. */
function lastGranted(rules: ReturnType<typeof bucketRules>, waitMs: number) {
  let state: Parameters<typeof take>[0];
  for (;;) {
    const taken = take(state, rules, 'outdials', nowMs, waitMs);
    if (!taken.granted) return state;
    state = taken.after;
  }
}
