import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type ListedTask, startStack } from '../support/running-stack.ts';
import { quantile, rounded } from './statistics.ts';

/** Requests of the load, and how many are on their way at once. */
const load = { requests: 300, concurrency: 8 };
/** Requests of the latency measurement, each after the task of the one before: what a single person meets. */
const singles = 60;
const quietMsMax = 120_000;
/** Noon in California: every call of the load is lawful, whenever the measurement runs. */
const noon = ['--clock', '2026-11-23T12:00:00-08:00'];

/** The time from sending the form to the task in Webex, and what is accepted and placed under load. */
export async function measureStack(folder: string): Promise<Record<string, number>> {
  const dataDir = join(folder, 'stack');
  const stack = await startStack(dataDir, noon);
  try {
    const { offsetMs } = JSON.parse(await readFile(join(dataDir, 'clock.json'), 'utf8')) as { offsetMs: number };
    await stack.configureWebex({ requestsPerMinute: 1_000_000 });
    const sentAtMs = new Map<string, number>();
    const submit = async (index: number): Promise<void> => {
      const number = `+1${area(index)}555${String(index % 10_000).padStart(4, '0')}`;
      sentAtMs.set(number, Date.now() + offsetMs);
      const response = await fetch(`${stack.api}/v1/callbacks`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
        body: JSON.stringify({ phone: number, line: 'billing', consent: { version: '2026-11', accepted: true } }),
      });
      if (response.status !== 202)
        throw new Error(`${number} was answered ${response.status}: ${await response.text()}`);
    };

    for (let index = 0; index < singles; index += 1) {
      await submit(index);
      await waitForTasks(stack, index + 1);
    }
    const alone = latencies(await stack.tasks(), sentAtMs);

    sentAtMs.clear();
    const startedMs = performance.now();
    let next = singles;
    const worker = async (): Promise<void> => {
      while (next < singles + load.requests) await submit(next++);
    };
    await Promise.all(Array.from({ length: load.concurrency }, worker));
    const acceptedPerSecond = load.requests / ((performance.now() - startedMs) / 1_000);
    const loaded = (await waitForTasks(stack, singles + load.requests)).slice(singles).map((task) => task.createdAtMs);
    const minutes = (Math.max(...loaded) - Math.min(...loaded)) / 60_000;
    return {
      formToTaskP50Ms: quantile(alone, 0.5),
      formToTaskP99Ms: quantile(alone, 0.99),
      acceptedPerSecond: rounded(acceptedPerSecond),
      // Bounded by the budget of requests to Webex in the settings, not by the machine.
      tasksPerMinuteUnderLoad: rounded(load.requests / minutes),
    };
  } finally {
    await stack.stop();
  }
}

/** Area codes of one zone, so that every number of the load is lawful when the first one is. */
const areas = ['415', '510', '650', '408', '213', '310', '619', '916'];
const area = (index: number): string => areas[Math.floor(index / 100) % areas.length] ?? '415';

async function waitForTasks(stack: { tasks(): Promise<ListedTask[]> }, count: number): Promise<ListedTask[]> {
  const untilMs = Date.now() + quietMsMax;
  for (;;) {
    const tasks = await stack.tasks();
    if (tasks.length >= count) return tasks;
    if (Date.now() > untilMs) throw new Error(`Only ${tasks.length} of ${count} tasks came within ${quietMsMax} ms.`);
    await setTimeout(100);
  }
}

const latencies = (tasks: readonly ListedTask[], sentAtMs: ReadonlyMap<string, number>): number[] =>
  tasks.flatMap((task) => {
    const sent = sentAtMs.get(task.number);
    return sent === undefined ? [] : [task.createdAtMs - sent];
  });
