import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import * as z from 'zod/mini';
import { type Bundle, projectRoot } from '../../infra/build/bundle-functions.ts';
import { type BundleBytes, bundleBytes } from '../support/bundle-bytes.ts';
import { median } from './statistics.ts';

const run = promisify(execFile);

export interface ColdStart extends BundleBytes {
  readonly name: string;
  /** Median of {@link coldRuns} fresh processes, the first one of each left out. Milliseconds. */
  readonly importMs: number;
}

export const coldRuns = 11;
export const sampleName = 'express 4 + axios + cors';

/** Imports the file in a fresh process of this Node and prints how long that took, its own start not included. */
const probe = `
const started = performance.now();
await import(process.argv[1]);
process.stdout.write(String(performance.now() - started));
process.exit(0);
`;

interface Subject extends BundleBytes {
  readonly name: string;
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * All bundles and the sample in turn, round after round: whatever else the machine does in the meantime slows all of
 * them alike, so the figures of one run can be compared. The sample is the last.
 */
export async function coldStarts(bundles: readonly Bundle[], folder: string): Promise<readonly ColdStart[]> {
  const subjects = [...(await Promise.all(bundles.map(subjectOf))), await sampleSubject(folder)];
  const samples = new Map<Subject, number[]>(subjects.map((subject) => [subject, []]));
  for (let round = 0; round <= coldRuns; round += 1) {
    for (const [subject, measured] of samples) {
      const importMs = await importOnce(subject);
      // The first one reads from disk what the others find in the page cache.
      if (round > 0) measured.push(importMs);
    }
  }
  return [...samples].map(([{ name, bytes, bytesTotal }, measured]) => ({
    name,
    importMs: median(measured),
    bytes,
    bytesTotal,
  }));
}

async function importOnce({ name, file, environment }: Subject): Promise<number> {
  try {
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', probe, file], { env: environment });
    return Number(stdout);
  } catch (error) {
    // The whole error repeats the minified line; its end says what went wrong.
    const end = error instanceof Error ? error.message.trim().slice(-500) : '';
    throw new Error(`The bundle of ${name} cannot be imported: ${end}`, { cause: error });
  }
}

async function subjectOf({ name, directory, metafile }: Bundle): Promise<Subject> {
  return {
    name,
    file: join(directory, 'index.mjs'),
    environment: { ...baseEnvironment, ...(await variablesOf(name)) },
    ...bundleBytes(metafile, `functions/${name}/index.ts`),
  };
}

const baseEnvironment: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'BENCH',
  AWS_SECRET_ACCESS_KEY: 'bench',
  // As the template sets it.
  POWERTOOLS_DEV: 'false',
};

/** Something for every variable that the function must have; nothing is connected to at import. */
async function variablesOf(name: string): Promise<Record<string, string>> {
  const file = join(projectRoot, 'functions', name, 'env.ts');
  if (!existsSync(file)) return {};
  const { EnvSchema } = (await import(file)) as { EnvSchema: { shape: Record<string, z.core.$ZodType> } };
  const wanted = Object.entries(EnvSchema.shape).filter(([, schema]) => !z.safeParse(schema, undefined).success);
  return Object.fromEntries(wanted.map(([variable]) => [variable, 'http://127.0.0.1:1']));
}

/** What Cisco's callback sample loads, bundled as its users would: the yardstick. */
async function sampleSubject(folder: string): Promise<Subject> {
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
  return {
    name: sampleName,
    file: join(outdir, 'index.mjs'),
    environment: baseEnvironment,
    ...bundleBytes(metafile, 'sample.ts'),
  };
}
