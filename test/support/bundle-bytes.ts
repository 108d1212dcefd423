import type { Metafile } from 'esbuild';

export interface BundleBytes {
  /** What a cold start reads: the entry and the chunks that it imports at once. */
  readonly bytes: number;
  /** All code in the folder, chunks that are only read when needed included. */
  readonly bytesTotal: number;
}

/** Sizes of the bundle that was built from an entry point. Throws where the build has no output for it. */
export function bundleBytes({ outputs }: Metafile, entryPoint: string): BundleBytes {
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
