import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Checkpoints } from '../../../../../../infra/local/runtime/sources/checkpoints.ts';

describe('checkpoints of a stream', () => {
  let folder: string;
  const file = () => join(folder, 'checkpoints', 'mapping.json');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ringback-checkpoints-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('goes on where the last run stopped', async () => {
    const first = new Checkpoints(file(), 'stream/1');
    await Promise.all([
      first.set('a', { isFinished: false, sequenceNumber: '7' }),
      first.set('b', { isFinished: true }),
    ]);

    const second = new Checkpoints(file(), 'stream/1');

    expect(second.isResumed).toBe(true);
    expect([second.of('a'), second.of('b'), second.of('c')]).toEqual([
      { isFinished: false, sequenceNumber: '7' },
      { isFinished: true },
      { isFinished: false },
    ]);
  });

  it('starts anew for the stream of a table that was made again', async () => {
    await new Checkpoints(file(), 'stream/1').set('a', { isFinished: true });

    const other = new Checkpoints(file(), 'stream/2');

    expect(other.isResumed).toBe(false);
    expect(other.of('a')).toEqual({ isFinished: false });
  });

  it('forgets shards that the stream no longer has', async () => {
    const checkpoints = new Checkpoints(file(), 'stream/1');
    await checkpoints.set('old', { isFinished: true });

    checkpoints.keepOnly(new Set(['new']));

    expect(checkpoints.of('old')).toEqual({ isFinished: false });
  });
});
