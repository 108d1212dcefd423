import { expect, test } from 'vitest';
import { RequestBudget } from '../../../infra/local/webex/budget.ts';
import { bucketRules } from '../../../src/budget/bucket.ts';
import { SharedBudget } from '../../../src/budget/shared-budget.ts';
import { seeded, SlowBucketStore, VirtualClock } from './support/virtual-time.ts';

const LIMIT = 300;
const HOUR_MS = 3_600_000;

interface Hour {
  readonly sent: number;
  readonly refused: number;
  readonly callbackWaitsMs: readonly number[];
  readonly reconciled: number;
  /** Reads and writes of the bucket's item in a second, on average. */
  readonly itemUsesPerSecond: number;
}

/**
 * Workers upload without a pause, a sweep asks for five requests a minute, and bursts of 5 to 15 callbacks come within three
 * seconds, every minute and a half on average and at least two seconds apart: more at once would be more than the whole budget
 * gives in a second. Each function has its own budget object; DynamoDB takes 3 to 10 ms, and a request 20 to 200 ms to Webex,
 * which counts a sliding minute.
 */
async function simulate(seed: number, uploaders = 10, durationMs = HOUR_MS): Promise<Hour> {
  const clock = new VirtualClock();
  const random = seeded(seed);
  // A series of its own, so that the same callbacks come however the workers run.
  const website = seeded(seed + 1_000);
  const store = new SlowBucketStore(() => clock.sleep(3 + random() * 7));
  const webex = new RequestBudget();
  const budgetOf = () => new SharedBudget({ store, clock, rules: bucketRules(LIMIT), random });
  const arrivals: number[] = [];
  const callbackWaitsMs: number[] = [];
  let reconciled = 0;
  let refused = 0;
  const send = async (): Promise<void> => {
    await clock.sleep(20 + random() * 180);
    if (webex.take('client', clock.nowMs(), LIMIT).admitted) arrivals.push(clock.nowMs());
    else refused += 1;
  };
  const callback = async (): Promise<void> => {
    const askedMs = clock.nowMs();
    const taken = await budgetOf().take('callbacks', 30_000);
    callbackWaitsMs.push(clock.nowMs() - askedMs);
    if (taken === 'granted') await send();
  };

  const upload = async (): Promise<void> => {
    for (const budget = budgetOf(); ; ) if ((await budget.take('uploads', 5_000)) === 'granted') await send();
  };
  const sweep = async (): Promise<void> => {
    for (const budget = budgetOf(); ; await clock.sleep(60_000)) {
      for (let n = 0; n < 5; n += 1) {
        if ((await budget.take('reconcile', 5_000)) !== 'granted') continue;
        reconciled += 1;
        await send();
      }
    }
  };
  const visitors = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(5_000 - Math.log(1 - website()) * 85_000);
      const burst = 5 + Math.floor(website() * 11);
      for (let n = 0; n < burst; n += 1) void clock.sleep(website() * 3_000).then(callback);
    }
  };
  for (let worker = 0; worker < uploaders; worker += 1) void upload();
  void sweep();
  void visitors();
  await clock.runUntil(durationMs);
  return {
    sent: arrivals.length,
    refused,
    callbackWaitsMs: callbackWaitsMs.toSorted((a, b) => a - b),
    reconciled,
    itemUsesPerSecond: (store.reads + store.writes + store.lostWrites) / (durationMs / 1_000),
  };
}

test.each([1, 2, 3])(
  'an hour uses 98 % of the budget, is never refused, and lets callbacks wait at most 1 s (seed %i)',
  async (seed) => {
    const { sent, refused, callbackWaitsMs, reconciled } = await simulate(seed);

    const p99Ms = callbackWaitsMs[Math.floor(callbackWaitsMs.length * 0.99)];
    expect(sent / (LIMIT * 60)).toBeGreaterThanOrEqual(0.98);
    expect(refused).toBe(0);
    expect(callbackWaitsMs.length).toBeGreaterThan(250);
    expect(p99Ms).toBeLessThanOrEqual(1_000);
    expect(reconciled).toBeGreaterThanOrEqual(5 * 59);
  },
);

test.each([3, 50])(
  'the item is no hot key while %i workers upload, and none of the budget is lost',
  async (uploaders) => {
    const { sent, refused, itemUsesPerSecond } = await simulate(4, uploaders, 600_000);

    expect(sent / (LIMIT * 10)).toBeGreaterThanOrEqual(0.98);
    expect(refused).toBe(0);
    // DynamoDB takes 1,000 writes and 3,000 reads a second on one item.
    expect(itemUsesPerSecond).toBeLessThan(100);
  },
);
