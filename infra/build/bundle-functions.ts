import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Metafile, build, stop } from 'esbuild';
import { createTable } from '../../src/policy/create-decide.ts';
import type { Settings } from '../../src/settings/schema.ts';
import { BundleCache } from './bundle-cache.ts';
import { credentialsFromEnvironment, noEndpointCache, plainBuiltins } from './lambda-runtime.ts';
import { trimmedPhoneMetadata } from './phone-metadata.ts';

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/** Names of all functions: one folder each, which holds an `index.ts`. */
export const functionNames: readonly string[] = readdirSync(join(projectRoot, 'functions'), { withFileTypes: true })
  .filter((entry) => existsSync(join(entry.parentPath, entry.name, 'index.ts')))
  .map((entry) => entry.name)
  .toSorted();

/** Functions that read what somebody typed as a number, and refuse numbers of other countries anyway. */
const countryBoundFunctions: readonly string[] = [
  'request-call',
  'request-outdial',
  'take-trigger',
  'take-request',
  'list-lines',
  'show-form',
  'plan-upload',
  'plan-part',
];

export interface Bundle {
  readonly name: string;
  /** Folder with `index.mjs`, its chunks, `settings.json` and `policy.json`: what Lambda gets. */
  readonly directory: string;
  readonly metafile: Metafile;
}

/**
 * Bundles every function as ES modules. Dynamic imports become chunks of their own, so that what is rarely needed is in
 * the folder but not read at a cold start. The table of the policy is built here, once, and a mistake in it ends the build.
 * @throws PolicyTableError
 */
export async function bundleFunctions(outdir: string, settings: Settings): Promise<readonly Bundle[]> {
  await rm(outdir, { recursive: true, force: true });
  const policy = createTable(settings.policy);
  const cache = new BundleCache(join(projectRoot, 'node_modules/.cache/ringback-bundles'), projectRoot);
  const tools = await readTools();
  try {
    return await Promise.all(
      functionNames.map(async (name) => {
        const directory = join(outdir, name);
        await mkdir(directory, { recursive: true });
        const countries = countryBoundFunctions.includes(name) ? settings.countries : undefined;
        const recipe = { name, ingredients: JSON.stringify({ tools, countries }) };
        const metafile = await cache.provide(recipe, directory, () => bundleFunction(name, directory, countries));
        await writeFile(join(directory, 'settings.json'), JSON.stringify(settings));
        await writeFile(join(directory, 'policy.json'), JSON.stringify(policy));
        return { name, directory, metafile };
      }),
    );
  } finally {
    // esbuild's own process holds several hundred megabytes for as long as nobody ends it.
    await stop();
  }
}

/** What builds, and which versions it builds from. */
async function readTools(): Promise<readonly string[]> {
  const folder = join(projectRoot, 'infra/build');
  const files = (await readdir(folder)).toSorted().map((file) => join(folder, file));
  return Promise.all([...files, join(projectRoot, 'package-lock.json')].map((file) => readFile(file, 'utf8')));
}

async function bundleFunction(
  name: string,
  directory: string,
  countries: readonly string[] | undefined,
): Promise<Metafile> {
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
    plugins: [
      plainBuiltins,
      credentialsFromEnvironment,
      noEndpointCache,
      ...(countries ? [trimmedPhoneMetadata(countries)] : []),
    ],
    logLevel: 'error',
    legalComments: 'none',
  });
  return metafile;
}
