import { readdirSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Metafile, build } from 'esbuild';
import type { Settings } from '../../src/settings/schema.ts';
import { trimmedPhoneMetadata } from './phone-metadata.ts';

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/** Names of all functions: one folder each. */
export const functionNames: readonly string[] = readdirSync(join(projectRoot, 'functions'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .toSorted();

/** Functions on the path of a form, where the cold start counts and numbers of other countries are refused anyway. */
const publicFunctions: readonly string[] = ['request-call'];

export interface Bundle {
  readonly name: string;
  /** Folder with `index.mjs`, its chunks and `settings.json`: what Lambda gets. */
  readonly directory: string;
  readonly metafile: Metafile;
}

/**
 * Bundles every function as ES modules. Dynamic imports become chunks of their own, so that what Lambda never needs
 * (the SDK's credential providers) is in the folder but not read at a cold start.
 */
export async function bundleFunctions(outdir: string, settings: Settings): Promise<readonly Bundle[]> {
  await rm(outdir, { recursive: true, force: true });
  return Promise.all(functionNames.map((name) => bundleFunction(name, join(outdir, name), settings)));
}

async function bundleFunction(name: string, directory: string, settings: Settings): Promise<Bundle> {
  await mkdir(directory, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: projectRoot,
    entryPoints: { index: `functions/${name}/index.ts` },
    outdir: directory,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    conditions: ['module'],
    metafile: true,
    plugins: publicFunctions.includes(name) ? [trimmedPhoneMetadata(settings.countries)] : [],
    logLevel: 'error',
    legalComments: 'none',
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
  await writeFile(join(directory, 'settings.json'), JSON.stringify(settings));
  return { name, directory, metafile };
}
