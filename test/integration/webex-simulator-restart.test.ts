import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { at, callbackTask, startTestSimulator } from '../support/webex-simulator.ts';

describe('after kill -9', () => {
  it('has every task it answered, the tokens, the settings, the fault counts and the spent budget', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'webex-simulator-kill-'));
    const first = await spawnSimulator(dataDir);
    const token = String(at(await order(first.url, 'POST', '/_tokens', {}), 'accessToken'));
    await order(first.url, 'PATCH', '/_settings', { requestsPerMinute: 1_000 });
    await order(first.url, 'PUT', '/_faults', {
      rules: [{ operation: 'search', effect: { status: 500 }, remaining: 9 }],
    });
    const answered = await createUntilKilled(first, token);

    const second = await spawnSimulator(dataDir);
    const kept = (await order(second.url, 'GET', '/_tasks')) as readonly Record<string, unknown>[];
    const usage = await order(second.url, 'GET', '/_usage');
    const faults = await order(second.url, 'GET', '/_faults');
    const again = await post(second.url, token);
    await second.kill();
    await rm(dataDir, { recursive: true });

    expect(answered.length).toBeGreaterThan(10);
    expect(kept.map((task) => task['id'])).toEqual(expect.arrayContaining(answered));
    expect(kept.length - answered.length).toBeLessThanOrEqual(8);
    expect(usage).toMatchObject({ usedInLastMinute: kept.length, requestsPerMinute: 1_000 });
    expect(faults).toMatchObject({ rules: [{ operation: 'search', remaining: 9 }] });
    expect(again.status).toBe(201);
  });
});

describe('a start that cannot succeed', () => {
  it('says that another process uses the folder', async () => {
    const first = await startTestSimulator();

    await expect(startTestSimulator({ dataDir: first.dataDir })).rejects.toThrow(
      /webex\.sqlite: another process uses it\.$/,
    );
    await first.stop();
  });

  it('says that the port is taken, and lets go of the folder', async () => {
    const first = await startTestSimulator();
    const dataDir = await mkdtemp(join(tmpdir(), 'webex-simulator-port-'));

    await expect(startTestSimulator({ dataDir, port: Number(first.simulator.url.port) })).rejects.toThrow(
      /another program uses the port\.$/,
    );
    await first.stop();
    const next = await startTestSimulator({ dataDir });
    await next.stop();
    await rm(dataDir, { recursive: true });
  });

  it('says that the folder cannot be made', async () => {
    await expect(startTestSimulator({ dataDir: '/dev/null/webex' })).rejects.toThrow(
      /choose a folder that can be written/,
    );
  });

  it('names the option that cannot be used', async () => {
    await expect(startTestSimulator({ requestsPerMinute: 0 })).rejects.toThrow(
      /cannot use its options: requestsPerMinute/,
    );
  });

  it('says that the state was written by another version', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'webex-simulator-version-'));
    const database = new DatabaseSync(join(dataDir, 'webex.sqlite'));
    database.exec('PRAGMA user_version = 99');
    database.close();

    await expect(startTestSimulator({ dataDir })).rejects.toThrow(/written by another version/);
    await rm(dataDir, { recursive: true });
  });
});

interface Spawned {
  readonly url: string;
  kill(): Promise<void>;
}

async function spawnSimulator(dataDir: string): Promise<Spawned> {
  const main = new URL('../../infra/local/webex/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, '--port', '0', '--data', dataDir, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const kill = async () => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    };
    return { url: String(at(JSON.parse(line), 'webex')), kill };
  }
  throw new Error('The simulator ended before it was ready.');
}

const post = (base: string, token: string) =>
  fetch(new URL('/v1/tasks', base), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(callbackTask()),
  });

async function order(base: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(new URL(path, base), {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  });
  return response.json();
}

/** Eight writers at once; the ids that were answered before the process died. */
async function createUntilKilled(simulator: Spawned, token: string): Promise<unknown[]> {
  const answered: unknown[] = [];
  const write = async () => {
    for (;;) {
      const response = await post(simulator.url, token);
      answered.push(at(await response.json(), 'data', 'id'));
    }
  };
  const writers = Promise.allSettled(Array.from({ length: 8 }, write));
  while (answered.length < 40) await delay(5);
  await simulator.kill();
  await writers;
  return answered;
}
