import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketRules, take } from '../../../src/budget/bucket.ts';
import type { Lane } from '../../../src/budget/ports.ts';
import { SharedBudget } from '../../../src/budget/shared-budget.ts';
import { SlowBucketStore, VirtualClock } from './support/virtual-time.ts';

const RULES = bucketRules(300);
const NO_WAIT = 0;

function build(over: { store?: SlowBucketStore; clock?: VirtualClock } = {}) {
  const { store = new SlowBucketStore(), clock = new VirtualClock() } = over;
  const pauses: string[] = [];
  const budget = new SharedBudget({
    store,
    clock,
    rules: RULES,
    random: () => 0,
    onPause: (_untilMs, reason) => pauses.push(reason),
  });
  return { budget, store, clock, pauses };
}

async function takeAll(budget: SharedBudget, lane: Lane, times: number): Promise<number> {
  let granted = 0;
  for (let n = 0; n < times; n += 1) granted += (await budget.take(lane, NO_WAIT)) === 'granted' ? 1 : 0;
  return granted;
}

describe('lanes', () => {
  test('uploads leave two tokens of a full bucket, outdials one, callbacks none', async () => {
    const { budget } = build();

    expect(await takeAll(budget, 'uploads', 5)).toBe(1);
    expect(await takeAll(budget, 'outdials', 5)).toBe(1);
    expect(await takeAll(budget, 'callbacks', 5)).toBe(1);
  });

  test('callbacks that wait are served in the order they come, ahead of all others', async () => {
    const { budget, clock } = build();
    await takeAll(budget, 'callbacks', 3);
    const served: string[] = [];
    const wait = (name: string, lane: Lane) =>
      budget.take(lane, 10_000).then(() => served.push(`${name} ${Math.round(clock.nowMs())}`));

    const all = Promise.all([wait('upload', 'uploads'), wait('first', 'callbacks'), wait('second', 'callbacks')]);
    await clock.runUntil(2_000);
    await all;

    expect(served).toEqual(['first 203', 'second 406', 'upload 1015']);
  });

  test('reconciliation has its share while callbacks take everything', async () => {
    const { budget, clock } = build();
    let reconciled = 0;
    for (let second = 0; second < 60; second += 1) {
      for (let n = 0; n < 20; n += 1) void budget.take('callbacks', 1_000);
      void budget.take('reconcile', 3_000).then((taken) => (reconciled += taken === 'granted' ? 1 : 0));
      await clock.runUntil(clock.nowMs() + 1_000);
    }

    expect(reconciled).toBeGreaterThanOrEqual(14);
    expect(reconciled).toBeLessThanOrEqual(16);
  });

  test('are told how long to wait where that is longer than they can', async () => {
    const { budget } = build();
    await takeAll(budget, 'callbacks', 3);

    expect(await budget.take('callbacks', 100)).toEqual({ waitMs: 204 });
    expect(await budget.take('uploads', 100)).toEqual({ waitMs: 610 });
  });
});

describe('a pause', () => {
  test('holds for every lane and every process until its end', async () => {
    const { budget, store, clock, pauses } = build();
    const other = build({ store, clock }).budget;

    await budget.pauseUntil(7_000, '429 on createTask');

    expect(pauses).toEqual(['429 on createTask']);
    expect(await other.take('callbacks', 1_000)).toEqual({ waitMs: 7_000 });
    expect(await other.take('reconcile', 1_000)).toEqual({ waitMs: 7_000 });
    await clock.runUntil(7_300);
    expect(await other.take('callbacks', NO_WAIT)).toBe('granted');
  });

  test('starts with an empty bucket afterwards', async () => {
    const { budget, clock } = build();
    await budget.pauseUntil(7_000, '429');
    await clock.runUntil(7_250);

    expect(await takeAll(budget, 'callbacks', 3)).toBe(1);
  });

  test('is not shortened by an earlier end', async () => {
    const { budget, pauses } = build();
    await budget.pauseUntil(7_000, 'long');
    await budget.pauseUntil(3_000, 'short');

    expect(pauses).toEqual(['long']);
    expect(await budget.take('callbacks', NO_WAIT)).toEqual({ waitMs: 7_000 });
  });

  test('reaches a callback that is waiting for its token already', async () => {
    const { budget, store, clock } = build();
    await takeAll(budget, 'callbacks', 3);
    const waiting = budget.take('callbacks', 1_000);
    await clock.runUntil(1);
    await build({ store, clock }).budget.pauseUntil(9_000, '429');
    await clock.runUntil(500);

    expect(await waiting).toEqual({ waitMs: expect.closeTo(8_797, 0) as number });
  });
});

describe('the store', () => {
  test('that cannot be read is told to the caller', async () => {
    const { budget, store } = build();
    store.read = () => Promise.reject(new Error('table away'));

    await expect(budget.take('callbacks', NO_WAIT)).rejects.toThrow('table away');
  });

  test('that others keep writing is told as contended, not as granted', async () => {
    const { budget, store } = build();
    store.replace = async () => ({ now: undefined });

    await expect(budget.take('callbacks', NO_WAIT)).rejects.toMatchObject({ code: 'budget-contended' });
  });

  test('is written seldom for a limit that one item could not be written for', async () => {
    const rules = bucketRules(100_000);
    const store = new SlowBucketStore();
    const budget = new SharedBudget({ store, clock: new VirtualClock(), rules });

    for (let n = 0; n < 170; n += 1) expect(await budget.take('callbacks', 1_000)).toBe('granted');

    expect(rules.lease).toBe(17);
    expect(store.writes).toBe(10);
  });
});

test.each([300, 6_000, 12_000, 100_000])('uploads that are alone use the whole limit of %i', async (limit) => {
  const rules = bucketRules(limit);
  const clock = new VirtualClock();
  const budget = new SharedBudget({ store: new SlowBucketStore(), clock, rules, random: () => 0 });
  let granted = 0;
  const push = async (): Promise<void> => {
    while (clock.nowMs() < 60_000) {
      granted += (await budget.take('uploads', 5_000)) === 'granted' ? 1 : 0;
      await clock.sleep(0);
    }
  };
  const pushing = push();
  await clock.runUntil(70_000);
  await pushing;

  expect(granted / limit).toBeGreaterThan(0.9);
  expect(granted).toBeLessThanOrEqual(limit + rules.burst);
});

test('a bucket that was written by a clock hours ahead does not stop the requests', () => {
  const nowMs = 1_000_000;
  const ahead = {
    emptyAtMs: nowMs + 7_200_000,
    pausedUntilMs: nowMs + 7_200_000,
    shareTakenAtMs: nowMs + 7_200_000,
    version: 1,
  };

  expect(take(ahead, RULES, 'callbacks', nowMs, 1_000)).toMatchObject({
    granted: true,
    atMs: nowMs + RULES.intervalMs,
  });
  expect(take(ahead, RULES, 'reconcile', nowMs, 1_000)).toMatchObject({ granted: true });
});

test.each([1, 2, 5, 10, 60, 300, 1_000, 100_000])(
  'no 60 seconds hold more than the limit of %i, whoever asks when',
  (limit) => {
    const rules = bucketRules(limit);
    const ask = fc.record({
      lane: fc.constantFrom<Lane>('callbacks', 'outdials', 'reconcile', 'uploads'),
      times: fc.integer({ min: 1, max: 50 }),
      pause: fc.integer({ min: 0, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(ask, { minLength: 50, maxLength: 80 }), (asks) => {
        let state: Parameters<typeof take>[0];
        let nowMs = 1_000_000;
        const grantedMs: number[] = [];
        for (const { lane, times, pause } of asks) {
          nowMs += pause * rules.intervalMs;
          for (let n = 0; n < times; n += 1) {
            const taken = take(state, rules, lane, nowMs, 1_000);
            if (!taken.granted) break;
            state = taken.after;
            for (let token = 0; token < rules.lease; token += 1) grantedMs.push(taken.atMs);
          }
        }
        grantedMs.sort((a, b) => a - b);
        return grantedMs.every(
          (atMs, index) => (grantedMs[index + limit] ?? Number.POSITIVE_INFINITY) - atMs >= 60_000,
        );
      }),
      { numRuns: 50 },
    );
  },
);
