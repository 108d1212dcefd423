import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestBudget } from '../../../../../infra/local/webex/budget.ts';

describe('RequestBudget', () => {
  it('refuses the request after the last of the minute, and says when the first leaves the window', () => {
    const budget = new RequestBudget();
    budget.take('a', 1_000, 2);
    budget.take('a', 31_000, 2);

    const refused = budget.take('a', 40_500, 2);

    expect(refused).toEqual({ admitted: false, retryAfterSeconds: 21 });
  });

  it('admits again once Retry-After has passed', () => {
    const budget = new RequestBudget();
    budget.take('a', 0, 1);
    const refused = budget.take('a', 59_999, 1);

    const later = budget.take('a', 60_999, 1);

    expect(refused).toEqual({ admitted: false, retryAfterSeconds: 1 });
    expect(later).toEqual({ admitted: true });
  });

  it('counts each client for itself', () => {
    const budget = new RequestBudget();
    budget.take('a', 0, 1);

    expect(budget.take('b', 0, 1)).toEqual({ admitted: true });
  });

  it('goes on from the instants of an earlier run', () => {
    const budget = new RequestBudget();
    budget.restore('a', [10_000, 20_000]);

    expect(budget.take('a', 30_000, 2).admitted).toBe(false);
    expect(budget.used('a', 30_000)).toBe(2);
  });

  it('never admits more than the limit in any 60 seconds, whatever the arrivals', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 200 }),
        fc.integer({ min: 1, max: 10 }),
        (gapsMs, limit) => {
          const budget = new RequestBudget();
          let nowMs = 0;
          const admittedAtMs: number[] = [];
          for (const gapMs of gapsMs) {
            nowMs += gapMs;
            if (budget.take('a', nowMs, limit).admitted) admittedAtMs.push(nowMs);
          }
          return admittedAtMs.every((atMs, index) => {
            const earlierMs = admittedAtMs[index - limit];
            return earlierMs === undefined || atMs - earlierMs >= 60_000;
          });
        },
      ),
    );
  });
});
