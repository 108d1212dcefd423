import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';

/** A process is known by its id and its start time together, because ids are used again. */
const ProcessSchema = z.object({ pid: z.int().positive(), startedAt: z.string() });
const ClaimSchema = z.object({ host: ProcessSchema, engine: z.optional(ProcessSchema) });

type KnownProcess = z.infer<typeof ProcessSchema>;
type Claim = z.infer<typeof ClaimSchema>;

/** DynamoDB Local commits what it acknowledged when it is asked to end, and not when it is killed. */
const TERM_WAIT_MS = 2500;
const KILL_WAIT_MS = 1000;
const KILL_POLL_MS = 20;

/** The data folder belongs to another host that still runs. */
export class DataInUseError extends Error {
  override readonly name = 'DataInUseError';
  readonly code = 'data-in-use';
}

const isNodeError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'code' in error;

/** Start time of a process in the kernel's own words (Linux); undefined when there is no such process. */
const startedAt = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name stands in brackets and may hold spaces; after it, the state is field 3 and the start time field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[22 - 3];
  } catch (error) {
    if (isNodeError(error) && (error.code === 'ENOENT' || error.code === 'ESRCH')) {
      return undefined;
    }
    throw error;
  }
};

const isAlive = (known: KnownProcess): boolean => startedAt(known.pid) === known.startedAt;

const describeProcess = (pid: number): KnownProcess => ({ pid, startedAt: startedAt(pid) ?? 'unknown' });

const readClaim = (file: string): Claim | undefined => {
  try {
    return ClaimSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    // A claim that is missing or was cut off by a crash names no process that could be ended.
    if (
      (isNodeError(error) && error.code === 'ENOENT') ||
      error instanceof SyntaxError ||
      error instanceof z.ZodError
    ) {
      return undefined;
    }
    throw error;
  }
};

const writeClaim = (file: string, claim: Claim): void => {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify(claim));
  renameSync(temporary, file);
};

const endedWithin = async (engine: KnownProcess, waitMs: number): Promise<boolean> => {
  const deadline = Date.now() + waitMs;
  while (isAlive(engine)) {
    if (Date.now() > deadline) {
      return false;
    }
    await sleep(KILL_POLL_MS);
  }
  return true;
};

const signal = (engine: KnownProcess, name: 'SIGTERM' | 'SIGKILL'): void => {
  try {
    process.kill(engine.pid, name);
  } catch (error) {
    if (!isNodeError(error) || error.code !== 'ESRCH') {
      throw error;
    }
  }
};

const endLeftover = async (engine: KnownProcess): Promise<void> => {
  for (const [name, waitMs] of [
    ['SIGTERM', TERM_WAIT_MS],
    ['SIGKILL', KILL_WAIT_MS],
  ] as const) {
    if (isAlive(engine)) {
      signal(engine, name);
    }
    if (await endedWithin(engine, waitMs)) {
      return;
    }
  }
  throw new Error(`Process ${engine.pid}, left over from an earlier run, does not end; end it and start again.`);
};

/** Says which host and which engine process own a data folder. */
export interface DataClaim {
  /** Notes the engine process, so that the next start can end it should it outlive this host. */
  engineStarted(pid: number): void;
  release(): void;
}

/**
 * Claims a data folder for one engine of this process, and ends the engine that a killed run may have left behind.
 *
 * @throws DataInUseError when another host that still runs has the folder.
 */
export const claimData = async (dataDir: string, engineName: string): Promise<DataClaim> => {
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, `${engineName}.owner.json`);
  const earlier = readClaim(file);
  if (earlier !== undefined && earlier.host.pid !== process.pid && isAlive(earlier.host)) {
    throw new DataInUseError(
      `The data folder ${dataDir} is in use by process ${earlier.host.pid}; stop that one, or give another folder.`,
    );
  }
  if (earlier?.engine !== undefined) {
    await endLeftover(earlier.engine);
  }
  const host = describeProcess(process.pid);
  writeClaim(file, { host });
  return {
    engineStarted: (pid) => writeClaim(file, { host, engine: describeProcess(pid) }),
    release: () => rmSync(file, { force: true }),
  };
};
