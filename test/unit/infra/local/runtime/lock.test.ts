import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataFolder } from '../../../../../infra/local/runtime/lock.ts';

describe('the lock of the data folder', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ringback-lock-'));
  });
  afterEach(async () => {
    await chmod(folder, 0o700);
    await rm(folder, { recursive: true });
  });

  it('is held until it is released', () => {
    const lock = lockDataFolder(folder);

    expect(() => lockDataFolder(folder)).toThrow(`is in use by another host (process ${process.pid})`);
    lock.release();
    lockDataFolder(folder).release();
  });

  it('is taken over from a process that is gone', async () => {
    const { pid } = spawnSync('true');
    await writeFile(join(folder, 'host.lock'), JSON.stringify({ pid, startedAt: '1' }));

    expect(() => lockDataFolder(folder).release()).not.toThrow();
  });

  it('is taken over where its number now belongs to another process', async () => {
    await writeFile(join(folder, 'host.lock'), JSON.stringify({ pid: process.pid, startedAt: 'earlier' }));

    expect(() => lockDataFolder(folder).release()).not.toThrow();
  });

  it('is taken over from a host that was killed before it had written it', async () => {
    await writeFile(join(folder, 'host.lock'), '');

    expect(() => lockDataFolder(folder).release()).not.toThrow();
  });

  it('makes the folder where it is missing', () => {
    expect(() => lockDataFolder(join(folder, 'a', 'b')).release()).not.toThrow();
  });

  it('refuses a folder that the kernel does not let anybody make', () => {
    expect(() => lockDataFolder('/proc/nowhere/data')).toThrow(
      'The data folder /proc/nowhere/data cannot be written (ENOENT)',
    );
  });

  it('names the folder that cannot be written', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');

    expect(() => lockDataFolder(join(file, 'data'))).toThrow(
      `The data folder ${join(file, 'data')} cannot be written (ENOTDIR); give another one with --data.`,
    );
  });
});
