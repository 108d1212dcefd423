import { describe, expect, it } from 'vitest';
import { Throttle } from '../../../../../../infra/local/runtime/http/throttle.ts';

describe('the throttle of a route', () => {
  it('lets the burst pass at once, and then as many a second as the rate says', () => {
    const throttle = new Throttle(2, 3);

    const atOnce = Array.from({ length: 4 }, () => throttle.take(1_000));
    const afterHalfASecond = [throttle.take(1_500), throttle.take(1_500)];

    expect(atOnce).toEqual([true, true, true, false]);
    expect(afterHalfASecond).toEqual([true, false]);
  });

  it('never saves up more than the burst', () => {
    const throttle = new Throttle(100, 2);
    throttle.take(0);

    const later = Array.from({ length: 3 }, () => throttle.take(60_000));

    expect(later).toEqual([true, true, false]);
  });
});
