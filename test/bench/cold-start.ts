import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Metafile, build } from 'esbuild';
import { type Bundle, projectRoot } from '../../infra/build/bundle-functions.ts';
import { median } from './statistics.ts';

const run = promisify(execFile);

export interface ColdStart {
  readonly name: string;
  /** Median of {@link coldRuns} fresh processes, one warm-up before. */
  readonly importMs: number;
  /** What a cold start reads: the entry and the chunks that it imports at once. */
  readonly bytes: number;
  /** Everything in the folder, chunks that are only read when needed included. */
  readonly bytesTotal: number;
}

export const coldRuns = 11;

/** Imports the file in a fresh process of this Node and prints how long that took, its own start not included. */
const probe = `
const started = performance.now();
await import(process.argv[1]);
process.stdout.write(String(performance.now() - started));
process.exit(0);
`;

/** Enough for every function's environment to be taken; nothing is connected to at import. */
const environment: Readonly<Record<string, string>> = Object.fromEntries([
  ['PATH', process.env['PATH'] ?? ''],
  ['AWS_REGION', 'us-east-1'],
  ['AWS_ACCESS_KEY_ID', 'BENCH'],
  ['AWS_SECRET_ACCESS_KEY', 'bench'],
  ...[
    'CALLS_TABLE',
    'SUPPRESSIONS_TABLE',
    'COUNTERS_TABLE',
    'DISPATCH_QUEUE_ARN',
    'TIMER_GROUP',
    'TIMER_ROLE_ARN',
    'REGISTRY_BUCKET',
    'EVENT_BUS',
  ].map((name) => [name, 'bench']),
  ...['WEBEX_SECRET_ARN', 'WEBEX_ORGANIZATION_ID', 'SECRET_ID', 'WEBEX_ORG_ID', 'WEBEX_QUEUE_URL'].map((name) => [
    name,
    'bench',
  ]),
  ...['DISPATCH_QUEUE_URL', 'SUPPRESSION_QUEUE_URL', 'WEBEX_API_URL', 'WEBEX_TOKEN_URL'].map((name) => [name, 'http://127.0.0.1:1']),
]);

async function importMs(file: string): Promise<number> {
  const samples: number[] = [];
  for (let count = 0; count <= coldRuns; count += 1) {
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', probe, file], { env: environment });
    // The first one reads from disk what the others find in the page cache.
    if (count > 0) samples.push(Number(stdout));
  }
  return median(samples);
}

export async function coldStart(bundle: Bundle): Promise<ColdStart> {
  const entryPoint = `functions/${bundle.name}/index.ts`;
  return {
    name: bundle.name,
    importMs: await importMs(join(bundle.directory, 'index.mjs')),
    ...sizes(bundle.metafile, entryPoint),
  };
}

function sizes({ outputs }: Metafile, entryPoint: string): { bytes: number; bytesTotal: number } {
  const entry = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === entryPoint);
  if (!entry) throw new Error(`The bundle has no output for ${entryPoint}.`);
  const read = new Set<string>();
  const follow = (path: string): void => {
    if (read.has(path)) return;
    read.add(path);
    for (const imported of outputs[path]?.imports ?? []) {
      if (imported.kind === 'import-statement' && outputs[imported.path]) follow(imported.path);
    }
  };
  follow(entry);
  const bytesOf = (paths: Iterable<string>): number =>
    [...paths].reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0);
  return { bytes: bytesOf(read), bytesTotal: bytesOf(Object.keys(outputs)) };
}

/** What Cisco's callback sample loads, bundled the same way: the yardstick. */
export async function sampleColdStart(folder: string): Promise<ColdStart> {
  const outdir = await mkdtemp(join(folder, 'sample-'));
  const { metafile } = await build({
    absWorkingDir: projectRoot,
    stdin: {
      contents:
        "import express from 'express'; import axios from 'axios'; import cors from 'cors'; export const app = express().use(cors()); export { axios };",
      resolveDir: projectRoot,
      sourcefile: 'sample.ts',
    },
    outdir,
    entryNames: 'index',
    bundle: true,
    minify: true,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    target: 'node24',
    metafile: true,
    logLevel: 'error',
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
  await writeFile(join(outdir, 'package.json'), '{"type":"module"}');
  return {
    name: 'express 4 + axios + cors',
    importMs: await importMs(join(outdir, 'index.mjs')),
    ...sizes(metafile, 'sample.ts'),
  };
}
