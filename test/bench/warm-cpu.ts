import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bundle } from '../../infra/build/bundle-functions.ts';
import { startStub } from './warm-stub.ts';

export interface WarmCpu {
  readonly name: string;
  /** User and system time of the function's process, milliseconds a request. */
  readonly cpuMs: number;
  readonly requests: number;
}

const measured = ['request-call', 'dispatch-call'] as const;
const child = fileURLToPath(new URL('./warm-child.ts', import.meta.url));

/** Runs the bundles themselves, each in a process of its own, against one stub for all that they talk to. */
export async function measureWarm(bundles: readonly Bundle[]): Promise<readonly WarmCpu[]> {
  const stub = await startStub();
  try {
    const results: WarmCpu[] = [];
    for (const name of measured) {
      const bundle = bundles.find((candidate) => candidate.name === name);
      if (!bundle) throw new Error(`There is no bundle of ${name}.`);
      const worker = fork(child, [name, join(bundle.directory, 'index.mjs')], {
        env: {
          ...stub.environment,
          PATH: process.env['PATH'] ?? '',
          POWERTOOLS_LOG_LEVEL: 'SILENT',
          POWERTOOLS_METRICS_DISABLED: 'true',
        },
      });
      const [message] = (await once(worker, 'message')) as [WarmCpu];
      results.push(message);
    }
    return results;
  } finally {
    stub.close();
  }
}
