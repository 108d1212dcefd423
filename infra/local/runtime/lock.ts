import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The host cannot start; the message is one sentence for the person who started it. */
export class HostError extends Error {
  override readonly name = 'HostError';
}

/** Holds the data folder for this process. */
export interface DataLock {
  release(): void;
}

/**
 * Takes the data folder, making it where it is missing, so that two hosts never write to the same data.
 * A lock whose process is gone, after kill -9 for example, is taken over.
 * @throws {HostError} where another host has the folder, or the folder cannot be written.
 */
export const lockDataFolder = (dataDir: string): DataLock => {
  const file = join(dataDir, 'host.lock');
  try {
    makeFolder(dataDir);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (tryToCreate(file)) return { release: () => rmSync(file, { force: true }) };
      const owner = readOwner(file);
      if (owner !== undefined && isSameProcess(owner)) {
        throw new HostError(
          `The data folder ${dataDir} is in use by another host (process ${owner.pid}); stop it, or start with another folder (--data).`,
        );
      }
      rmSync(file, { force: true });
    }
  } catch (error) {
    if (error instanceof HostError) throw error;
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new HostError(`The data folder ${dataDir} cannot be written (${reason}); give another one with --data.`, {
      cause: error,
    });
  }
  throw new HostError(`The data folder ${dataDir} is being taken by another host at this moment; try again.`);
};

/** Makes a folder and those above it. Node's own `recursive` never ends where the kernel refuses, as under /proc. */
const makeFolder = (folder: string): void => {
  try {
    mkdirSync(folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(folder) === folder || existsSync(dirname(folder))) throw error;
    makeFolder(dirname(folder));
    mkdirSync(folder);
  }
};

interface Owner {
  readonly pid: number;
  /** When the process started, in the kernel's ticks: a pid alone may have been given to another process since. */
  readonly startedAt: string;
}

const tryToCreate = (file: string): boolean => {
  try {
    const handle = openSync(file, 'wx');
    writeSync(handle, JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) ?? '' } satisfies Owner));
    closeSync(handle);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
};

const readOwner = (file: string): Owner | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch (error) {
    // A host that was killed while it wrote the file leaves it empty; one that released it leaves none.
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error && error.code === 'ENOENT'))
      return undefined;
    throw error;
  }
};

const isSameProcess = (owner: Owner): boolean => {
  const startedAt = startOf(owner.pid);
  if (startedAt !== undefined) return startedAt === owner.startedAt;
  return startOf(process.pid) === undefined && answersSignals(owner.pid);
};

/** Linux tells the start of a process in /proc; elsewhere this is unknown. */
const startOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces; the start is the 20th field behind it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined;
    throw error;
  }
};

const answersSignals = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};
