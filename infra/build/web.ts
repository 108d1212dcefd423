import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, stop } from 'esbuild';
import type { PageSettings } from '../../src/form/page-settings.ts';
import { projectRoot } from './bundle-functions.ts';

/**
 * Writes the sample site and the form element into a folder that any static host can serve.
 * @param page what `config.js` tells the page, such as the address of the API
 */
export async function buildWeb(outdir: string, page: PageSettings = {}): Promise<void> {
  await mkdir(outdir, { recursive: true });
  await cp(join(projectRoot, 'web/site'), outdir, { recursive: true });
  await buildElement(outdir);
  await writeFile(join(outdir, 'config.js'), `window.ringback = ${scriptJson(page)};\n`);
}

/** Bundles the form element; what only some pages need is in chunks that load on demand. */
export async function buildElement(outdir: string): Promise<void> {
  try {
    await build({
      absWorkingDir: projectRoot,
      entryPoints: { 'ringback-form': 'web/element/index.ts' },
      outdir,
      bundle: true,
      splitting: true,
      minify: true,
      format: 'esm',
      chunkNames: 'ringback-[hash]',
      platform: 'browser',
      target: ['es2022', 'chrome109', 'firefox115', 'safari16.4'],
      logLevel: 'error',
      legalComments: 'none',
    });
  } finally {
    // esbuild's own process would hold its memory for as long as the host runs.
    await stop();
  }
}

/** JSON that stays JSON inside a script: U+2028 and U+2029 end lines in older engines. */
const scriptJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
