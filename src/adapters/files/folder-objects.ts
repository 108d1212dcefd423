import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { digestOf } from '../../registry/bitmap.ts';
import type { RegistryObjects } from '../../registry/ports.ts';

/** A lock older than this belongs to a process that died while it replaced a pointer, which takes milliseconds. */
const lockStaleMs = 60_000;
const temporarySuffix = '.part';

/** The registry's files in a local folder. */
export class FolderObjects implements RegistryObjects {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async read(key: string): Promise<{ bytes: Uint8Array; tag: string } | undefined> {
    try {
      const bytes = await readFile(this.#path(key));
      return { bytes, tag: digestOf(bytes) };
    } catch (error) {
      if (isCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  async readRange(key: string, offset: number, length: number): Promise<Uint8Array> {
    const bytes = Buffer.alloc(length);
    await this.#fill(key, bytes, offset);
    return bytes;
  }

  async readInto(key: string, into: Uint8Array): Promise<void> {
    const { size } = await stat(this.#path(key));
    if (size !== into.byteLength) throw new Error(`${key} has ${size} bytes, expected ${into.byteLength}.`);
    await this.#fill(key, into, 0);
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    const path = this.#path(key);
    await mkdir(dirname(path), { recursive: true });
    const temporary = `${path}.${randomUUID()}${temporarySuffix}`;
    try {
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncFolder(dirname(path));
  }

  async replace(key: string, bytes: Uint8Array, tag: string | undefined): Promise<'replaced' | 'conflict'> {
    const lock = `${this.#path(key)}.lock`;
    if (!(await takeLock(lock))) return 'conflict';
    try {
      const found = await this.read(key);
      if (found?.tag !== tag) return 'conflict';
      await this.write(key, bytes);
      return 'replaced';
    } finally {
      await rm(lock, { force: true });
    }
  }

  async *list(prefix: string): AsyncGenerator<{ key: string; modifiedMs: number }> {
    const folder = this.#path(prefix);
    let entries;
    try {
      entries = await readdir(folder, { recursive: true, withFileTypes: true });
    } catch (error) {
      if (isCode(error, 'ENOENT')) return;
      throw error;
    }
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const { mtimeMs } = await stat(path);
      yield {
        key: path
          .slice(this.#root.length + 1)
          .split(sep)
          .join('/'),
        modifiedMs: mtimeMs,
      };
    }
  }

  async remove(key: string): Promise<void> {
    await rm(this.#path(key), { force: true });
  }

  async #fill(key: string, into: Uint8Array, offset: number): Promise<void> {
    const file = await open(this.#path(key), 'r');
    try {
      let filled = 0;
      while (filled < into.byteLength) {
        const { bytesRead } = await file.read(into, filled, into.byteLength - filled, offset + filled);
        if (bytesRead === 0)
          throw new Error(`${key} ends after ${offset + filled} bytes, ${offset + into.byteLength} were expected.`);
        filled += bytesRead;
      }
    } finally {
      await file.close();
    }
  }

  #path(key: string): string {
    return join(this.#root, ...key.split('/'));
  }
}

async function takeLock(path: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      await (await open(path, 'wx')).close();
      return true;
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
      if (!(await isStale(path))) return false;
      await rm(path, { force: true });
    }
  }
  return false;
}

async function isStale(path: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > lockStaleMs;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return true;
    throw error;
  }
}

/** Makes a rename survive a power failure. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
