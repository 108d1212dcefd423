import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Engine, EngineUnavailableError } from './engine.ts';
import { claimData } from './leftover.ts';

export interface QueuesOptions {
  readonly dataDir: string;
  /** @default a free port */
  readonly port?: number;
  /** @default us-east-1 */
  readonly region?: string;
}

/** SQS and S3 on one port. */
export interface QueuesEngine extends Engine {
  readonly pid: number;
  /** The account in every ARN and queue URL; fauxqs knows no other. */
  readonly accountId: '000000000000';
}

const START_TIMEOUT_MS = 30_000;
const OUTPUT_BYTES_MAX = 4096;
const CHILD = fileURLToPath(new URL('./queues-child.ts', import.meta.url));

const isReady = (message: unknown): message is { readonly port: number } =>
  typeof message === 'object' && message !== null && 'port' in message && typeof message.port === 'number';

const readyPort = async (child: ChildProcess): Promise<number | undefined> => {
  const timeout = AbortSignal.timeout(START_TIMEOUT_MS);
  const ended = once(child, 'exit').then(() => undefined);
  const ready = once(child, 'message', { signal: timeout }).then(([message]: unknown[]) =>
    isReady(message) ? message.port : undefined,
  );
  return Promise.race([ready, ended]).catch((error: unknown) => {
    if (timeout.aborted) {
      return undefined;
    }
    throw error;
  });
};

/**
 * Starts fauxqs in a process of its own, with its state in `dataDir`, and waits until it listens.
 *
 * @throws EngineUnavailableError when it does not start.
 * @throws DataInUseError when another host that still runs uses the folder.
 */
export const startQueues = async (options: QueuesOptions): Promise<QueuesEngine> => {
  const claim = await claimData(options.dataDir, 'fauxqs');
  const child = fork(CHILD, [options.dataDir, String(options.port ?? 0), options.region ?? 'us-east-1'], {
    detached: true,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString('utf8')).slice(-OUTPUT_BYTES_MAX);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const exited = once(child, 'exit');
  const port = await readyPort(child);
  const { pid } = child;
  if (port === undefined || pid === undefined) {
    child.kill('SIGKILL');
    claim.release();
    throw new EngineUnavailableError(`The queue engine fauxqs did not start: ${output.trim()}`);
  }
  claim.engineStarted(pid);
  let closing = false;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    pid,
    accountId: '000000000000',
    onExit: (listener) => {
      void exited.then(([code]: unknown[]) =>
        closing ? undefined : listener({ exitCode: typeof code === 'number' ? code : undefined, output }),
      );
    },
    close: async () => {
      closing = true;
      child.kill('SIGKILL');
      await exited;
      claim.release();
    },
  };
};
