import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalServer, listenLocally } from './http/server.ts';
import { HostError } from './lock.ts';

const isInUse = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

/**
 * Binds a port that the person chose; 0 is any port.
 * @throws {HostError} where it is taken or may not be used.
 */
export const listenOn = async (
  port: number,
  purpose: string,
  report: (problem: string) => void,
): Promise<LocalServer> => {
  try {
    return await listenLocally(port, report);
  } catch (error) {
    throw portError(error, port, purpose);
  }
};

/** One sentence for a port that could not be bound. */
export const portError = (error: unknown, port: number, purpose: string): unknown => {
  if (isInUse(error)) {
    return new HostError(`Port ${port} (${purpose}) is in use; stop what uses it, or choose another one with --port.`, {
      cause: error,
    });
  }
  if (error instanceof Error && 'code' in error && error.code === 'EACCES') {
    return new HostError(
      `Port ${port} (${purpose}) needs more rights than this process has; choose one above 1023 with --port.`,
      { cause: error },
    );
  }
  return error;
};

/** Binds the port that this purpose had the last time, so that what was printed then still works; else any other. */
export const listenAsBefore = async (
  dataDir: string,
  purpose: string,
  report: (problem: string) => void,
): Promise<LocalServer> => {
  const file = join(dataDir, `${purpose}.port`);
  const server = await listenLocally(existsSync(file) ? Number(readFileSync(file, 'utf8')) || 0 : 0, report).catch(
    (error: unknown) => {
      if (isInUse(error)) return listenLocally(0, report);
      throw error;
    },
  );
  writeFileSync(file, server.url.port);
  return server;
};
