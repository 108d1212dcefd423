import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../infra/build/bundle-functions.ts';
import { victimsOf } from '../chaos/victims.ts';
import { eventually } from '../support/eventually.ts';
import { startStack } from '../support/running-stack.ts';

const run = promisify(execFile);
const clock = ['--clock', '2026-11-23T12:00:00-08:00'];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringback-kill-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a stack that is killed with kill -9 while requests are in flight', () => {
  it('has exactly one task for each accepted call after the next start, and leaves no process behind', async () => {
    const dataDir = join(folder, 'killed');
    const first = await startStack(dataDir, clock);
    const accepted: string[] = [];
    const submit = async (index: number): Promise<void> => {
      try {
        const response = await fetch(`${first.api}/v1/callbacks`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            phone: `+1415555${4_000 + index}`,
            line: 'billing',
            consent: { version: '2026-11', accepted: true },
          }),
        });
        if (response.status === 202) accepted.push(((await response.json()) as { id: string }).id);
      } catch {
        // The connection died with the stack; nothing was promised to this one.
      }
    };
    const all = Promise.all(Array.from({ length: 100 }, (_, index) => submit(index)));
    await eventually(async () => accepted.length >= 10);
    const others = victimsOf(first.process.pid ?? 0).filter((victim) => victim.kind !== 'host');
    await first.stop('SIGKILL');
    await all;
    await eventually(async () => others.every(({ pid }) => !isAlive(pid)));

    const second = await startStack(dataDir);
    try {
      const callsWithTask = async (): Promise<string[]> =>
        (await second.tasks()).map((task) => task.attributes['ringback_attempt']?.split('.')[0] ?? '');
      // What the dead functions had in hand is seen to by the sweep; an attempt that may have left waits for the settle time.
      await eventually(async () => {
        const done = new Set(await callsWithTask());
        return accepted.every((id) => done.has(id));
      }, 330_000);
      await setTimeout(2_000);
      const tasks = await callsWithTask();

      expect(accepted.length).toBeGreaterThanOrEqual(10);
      expect(new Set(tasks).size).toBe(tasks.length);
    } finally {
      await second.stop();
    }
  }, 420_000);
});

describe('the command line', () => {
  const start = (flags: readonly string[]) =>
    run(process.execPath, ['infra/local/main.ts', '--json', ...flags], { cwd: projectRoot, timeout: 60_000 }).then(
      () => ({ code: 0, stderr: '', stdout: '' }),
      (error: { code: number; stderr: string; stdout: string }) => error,
    );

  it('refuses a used port in one sentence', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    const port = await eventually(async () => (server.address() as { port: number } | null)?.port);

    const { code, stderr, stdout } = await start(['--port', String(port), '--data', join(folder, 'port')]);
    server.close();

    expect(code).not.toBe(0);
    expect(stderr).toMatch(new RegExp(`^[^\\n]*${port}[^\\n]*\\.\\n$`));
    expect(stdout).toBe('');
  });

  it.each([
    ['a folder that cannot be made', ['--port', '0', '--data', '/proc/ringback']],
    ['a port that is none', ['--port', 'eighty']],
    ['an unknown flag', ['--colour']],
    ['an address that is none', ['--webex-api', 'not a url']],
    ['an instant that is none', ['--clock', 'noon']],
  ])('refuses %s in one sentence', async (_what, flags) => {
    const { code, stderr } = await start(flags);

    expect(code).not.toBe(0);
    expect(stderr).toMatch(/^[^\n]+\.\n$/);
  });

  it('stops everything that it started within 3 seconds of Ctrl-C', async () => {
    const stack = await startStack(join(folder, 'stopped'), clock);
    const others = victimsOf(stack.process.pid ?? 0).filter((victim) => victim.kind !== 'host');
    const startedMs = performance.now();

    const code = await stack.stop('SIGINT');

    expect(performance.now() - startedMs).toBeLessThan(3_000);
    expect(code).toBe(0);
    expect(others.length).toBeGreaterThan(3);
    expect(others.filter(({ pid }) => isAlive(pid))).toEqual([]);
  }, 90_000);

  it('runs one function on one event against the running stack', async () => {
    const dataDir = join(folder, 'invoked');
    const stack = await startStack(dataDir, clock);
    try {
      const { stdout } = await run(
        process.execPath,
        ['infra/local/invoke.ts', 'dispatch-call', 'events/invocations/empty-batch.json', '--data', dataDir],
        { cwd: projectRoot },
      );
      const unknown = await run(
        process.execPath,
        ['infra/local/invoke.ts', 'no-such', 'package.json', '--data', dataDir],
        { cwd: projectRoot },
      ).catch((error: { stderr: string }) => error);

      expect(JSON.parse(stdout)).toEqual({ batchItemFailures: [] });
      expect(unknown.stderr).toContain('request-call');
    } finally {
      await stack.stop();
    }
  }, 90_000);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
