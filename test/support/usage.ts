import { createHash } from 'node:crypto';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { usageFolder } from '../../infra/cli/usage-folder.ts';

/**
 * Keeps what the roles of a stack were refused and used, for `npm run permissions`. A stack that goes on in the same
 * folder goes on counting there, and its later file takes the place of the earlier one.
 */
export async function keepUsage(dataDir: string): Promise<void> {
  // A benchmark starts stacks too, and asserts nothing about them.
  if (!process.env['VITEST']) return;
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  await mkdir(usageFolder, { recursive: true });
  try {
    await copyFile(join(dataDir, 'usage.json'), join(usageFolder, `${name}.json`));
  } catch (error) {
    // A stack that ended before its gate stood has nothing to tell.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

/** What an earlier run left says nothing about this one. Vitest calls it once, before all tests that start a stack. */
export async function setup(): Promise<void> {
  await rm(usageFolder, { recursive: true, force: true });
}
