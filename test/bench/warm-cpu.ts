import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bundle } from '../../infra/build/bundle-functions.ts';
import { startStub } from './warm-stub.ts';

export interface WarmCpu {
  readonly name: string;
  /** User and system time of the function's process, milliseconds a request. */
  readonly cpuMs: number;
  /** From the event to the answer, 99 of 100 requests, milliseconds. */
  readonly p99Ms: number;
  readonly requests: number;
}

/** `request-call` as a form asks, with a solved challenge, and as an exempt address does. */
const samples = ['request-call', 'request-call proof', 'dispatch-call', 'take-trigger'] as const;
const child = fileURLToPath(new URL('./warm-child.ts', import.meta.url));

/** What the worker measured. @throws Error where it ended before */
async function figureOf(worker: ChildProcess, name: string): Promise<WarmCpu> {
  const measured = once(worker, 'message').then(([message]) => message as WarmCpu);
  const ended = once(worker, 'exit').then((): never => {
    throw new Error(`The process that measures ${name} ended without a figure; what went wrong is above.`);
  });
  return Promise.race([measured, ended]);
}

/** Runs the bundles themselves, each in a process of its own, against one stub for all that they talk to. */
export async function measureWarm(bundles: readonly Bundle[]): Promise<readonly WarmCpu[]> {
  const stub = await startStub();
  try {
    const results: WarmCpu[] = [];
    for (const name of samples) {
      const bundle = bundles.find((candidate) => candidate.name === name.split(' ')[0]);
      if (!bundle) throw new Error(`There is no bundle of ${name}.`);
      const worker = fork(child, [name, join(bundle.directory, 'index.mjs')], {
        env: {
          ...stub.environment,
          PATH: process.env['PATH'] ?? '',
          POWERTOOLS_LOG_LEVEL: 'SILENT',
        },
      });
      results.push(await figureOf(worker, name));
    }
    return results;
  } finally {
    stub.close();
  }
}
