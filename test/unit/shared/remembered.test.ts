import { describe, expect, it } from 'vitest';
import { remembered } from '../../../src/shared/remembered.ts';

describe('remembered', () => {
  it('reads once for all who ask, and again when the time is over', async () => {
    let [reads, nowMs] = [0, 0];
    const read = remembered(
      () => Promise.resolve((reads += 1)),
      1_000,
      () => nowMs,
    );
    expect(await Promise.all([read(), read()])).toEqual([1, 1]);
    nowMs = 999;
    expect(await read()).toBe(1);
    nowMs = 1_000;
    expect(await read()).toBe(2);
  });

  it('reads again after a failure', async () => {
    let reads = 0;
    const read = remembered(
      () => ((reads += 1) === 1 ? Promise.reject(new Error('unreachable')) : Promise.resolve('secret')),
      1_000,
      () => 0,
    );
    await expect(read()).rejects.toThrow('unreachable');
    expect(await read()).toBe('secret');
  });
});
