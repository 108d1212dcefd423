import { describe, expect, it } from 'vitest';
import { Batcher } from '../../../src/shared/batcher.ts';

const doubling = (itemsMax: number) => {
  const requests: (readonly number[])[] = [];
  const batcher = new Batcher<number, number>(itemsMax, async (items) => {
    requests.push(items);
    return items.map((item) => (item < 0 ? { failure: new Error(`not ${item}`) } : { value: item * 2 }));
  });
  return { requests, batcher };
};

describe('Batcher', () => {
  it('joins what is asked for at the same time, and answers each with its own', async () => {
    const { requests, batcher } = doubling(10);

    expect(await Promise.all([1, 2, 3].map((item) => batcher.do(item)))).toEqual([2, 4, 6]);
    expect(requests).toEqual([[1, 2, 3]]);
  });

  it('asks for no more at once than it may', async () => {
    const { requests, batcher } = doubling(2);

    await Promise.all([1, 2, 3, 4, 5].map((item) => batcher.do(item)));

    expect(requests).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('holds nothing back: one item alone is one request', async () => {
    const { requests, batcher } = doubling(10);

    await batcher.do(1);
    await batcher.do(2);

    expect(requests).toEqual([[1], [2]]);
  });

  it('fails the one that failed, and not the others', async () => {
    const { batcher } = doubling(10);

    const outcomes = await Promise.allSettled([1, -2, 3].map((item) => batcher.do(item)));

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('fails all of a request that failed, and none of the next', async () => {
    let isDown = true;
    const batcher = new Batcher<number, number>(10, async (items) => {
      if (isDown) throw new Error('down');
      return items.map((value) => ({ value }));
    });

    const outcomes = await Promise.allSettled([batcher.do(1), batcher.do(2)]);
    isDown = false;

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await batcher.do(3)).toBe(3);
  });

  it('fails an item that the answer leaves out', async () => {
    const batcher = new Batcher<number, number>(10, async () => [{ value: 1 }]);

    const outcomes = await Promise.allSettled([batcher.do(1), batcher.do(2)]);

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });
});
