import { createHash, randomUUID } from 'node:crypto';
import { cp, mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** What a bundle is made of, beside the files that are read for it. */
export interface BundleRecipe {
  readonly name: string;
  /** Everything else that decides what comes out: options, settings, versions. */
  readonly ingredients: string;
}

/** Bundles kept of one function: a few branches or settings take turns. */
const keptMax = 6;
/** Files are dated by a clock that lags behind the process's own by some milliseconds. */
const fileClockMs = 100;
/** A cache that cannot be written is done without. */
const unwritable: readonly string[] = ['EACCES', 'EROFS', 'EPERM', 'ENOSPC'];

/**
 * Keeps bundles by the content of the files that they were built from: most starts of the local host and most tests
 * build what has been built before. Safe for several processes at once: an entry appears whole or not at all.
 */
export class BundleCache {
  readonly #folder: string;
  readonly #root: string;
  readonly #digests = new Map<string, Promise<string>>();

  /** @param root folder that the paths of a metafile start from */
  constructor(folder: string, root: string) {
    this.#folder = folder;
    this.#root = root;
  }

  /** Fills `directory` with the bundle, from the cache or by building it there. */
  async provide(recipe: BundleRecipe, directory: string, build: () => Promise<Metafile>): Promise<Metafile> {
    const kept = await this.#take(recipe, directory);
    if (kept) return kept;
    const startedMs = Date.now();
    const metafile = await build();
    await this.#keep(recipe, directory, { metafile, startedMs });
    return metafile;
  }

  async #take(recipe: BundleRecipe, directory: string): Promise<Metafile | undefined> {
    try {
      const inputs = JSON.parse(await readFile(this.#inputsFile(recipe), 'utf8')) as readonly string[];
      const entry = await this.#entryOf(recipe, inputs);
      const metafile = JSON.parse(await readFile(join(entry, 'metafile.json'), 'utf8')) as Metafile;
      await cp(join(entry, 'bundle'), directory, { recursive: true });
      const now = new Date();
      await utimes(entry, now, now).catch(ignoring(unwritable));
      return metafile;
    } catch (error) {
      return ignoring(['ENOENT'])(error);
    }
  }

  async #keep(
    recipe: BundleRecipe,
    directory: string,
    { metafile, startedMs }: { readonly metafile: Metafile; readonly startedMs: number },
  ): Promise<void> {
    // What a plugin makes up has a namespace before its path; it is a part of the recipe.
    const inputs = Object.keys(metafile.inputs).filter((path) => !/^[a-z-]{2,}:/.test(path));
    try {
      // A file that somebody changes during the build may be in it as it was before.
      const changedMs = await Promise.all(inputs.map(async (path) => (await stat(join(this.#root, path))).mtimeMs));
      if (changedMs.some((atMs) => atMs >= startedMs - fileClockMs)) return;
      const entry = await this.#entryOf(recipe, inputs);
      const draft = `${entry}.${randomUUID()}`;
      await mkdir(draft, { recursive: true });
      await cp(directory, join(draft, 'bundle'), { recursive: true });
      await writeFile(join(draft, 'metafile.json'), JSON.stringify(metafile));
      // Another process may have been quicker with the same.
      await rename(draft, entry).catch(async (error: unknown) => {
        await rm(draft, { recursive: true });
        ignoring(['ENOTEMPTY', 'EEXIST'])(error);
      });
      const list = `${this.#inputsFile(recipe)}.${randomUUID()}`;
      await writeFile(list, JSON.stringify(inputs));
      await rename(list, this.#inputsFile(recipe));
      await this.#forgetOldest(recipe);
    } catch (error) {
      ignoring([...unwritable, 'ENOENT'])(error);
    }
  }

  async #forgetOldest({ name }: BundleRecipe): Promise<void> {
    const folder = join(this.#folder, name);
    const names = (await readdir(folder)).filter((entry) => /^[0-9a-f]{64}$/.test(entry));
    const entries = await Promise.all(
      names.map(async (entry) => ({ path: join(folder, entry), usedMs: (await stat(join(folder, entry))).mtimeMs })),
    );
    const oldest = entries.toSorted((one, other) => other.usedMs - one.usedMs).slice(keptMax);
    await Promise.all(oldest.map(({ path }) => rm(path, { recursive: true, force: true })));
  }

  #inputsFile({ name }: BundleRecipe): string {
    return join(this.#folder, name, 'inputs.json');
  }

  async #entryOf({ name, ingredients }: BundleRecipe, inputs: readonly string[]): Promise<string> {
    const hash = createHash('sha256').update(ingredients);
    for (const path of inputs) hash.update(`\0${path}\0${await this.#digestOf(path)}`);
    return join(this.#folder, name, hash.digest('hex'));
  }

  #digestOf(path: string): Promise<string> {
    const known = this.#digests.get(path);
    if (known) return known;
    const digest = readFile(join(this.#root, path)).then((content) =>
      createHash('sha256').update(content).digest('hex'),
    );
    this.#digests.set(path, digest);
    return digest;
  }
}

const ignoring =
  (codes: readonly string[]) =>
  (error: unknown): undefined => {
    if (error instanceof Error && 'code' in error && codes.includes(String(error.code))) return undefined;
    throw error;
  };
