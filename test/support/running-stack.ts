import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { projectRoot } from '../../infra/build/bundle-functions.ts';
import { engineOfThisRun } from './engines.ts';
import { keepUsage } from './usage.ts';

export interface ReadyLine {
  readonly ready: true;
  readonly api: string;
  readonly site: string;
  readonly webex: string;
  readonly operatorToken: string;
}

/** A task as the simulator lists it, as far as tests look at it. */
export interface ListedTask {
  readonly index: number;
  readonly id: string;
  readonly number: string;
  readonly entryPointId: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly bearerToken: string | null;
  readonly createdAtMs: number;
}

/** The local stack as a user starts it: a process of its own that can be killed. */
export interface RunningStack extends ReadyLine {
  readonly process: ChildProcess;
  readonly stderr: () => string;
  tasks(query?: string): Promise<ListedTask[]>;
  /** Asks as the operator, with the token that the start printed. */
  asOperator(method: string, path: string, body?: unknown): Promise<Response>;
  configureWebex(changes: object): Promise<void>;
  /** Has the simulator fail as ordered; replaces earlier orders. */
  orderFaults(rules: readonly object[]): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** How long a start may take before the test gives up, in milliseconds: the issue allows 60 s. */
const startMsMax = 60_000;

/**
 * Starts `npm start -- --json` without npm in between, so that signals reach it.
 * @param command another script that prints the same line once ready
 */
export async function startStack(
  dataDir: string,
  flags: readonly string[] = [],
  command?: readonly string[],
): Promise<RunningStack> {
  const engine = flags.includes('--engine') ? [] : ['--engine', engineOfThisRun()];
  const own = ['infra/local/main.ts', '--json', '--quiet', '--port', '0', '--data', dataDir, ...engine, ...flags];
  const args = command ?? own;
  const child = spawn(process.execPath, args, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ready = await readyLine(child, () => stderr);
  const json = async (response: Response): Promise<Response> => {
    if (!response.ok) throw new Error(`The simulator answered ${response.status}: ${await response.text()}`);
    return response;
  };
  return {
    ...ready,
    process: child,
    stderr: () => stderr,
    tasks: async (query = '') =>
      (await (await json(await fetch(`${ready.webex}/_tasks${query}`))).json()) as ListedTask[],
    asOperator: (method, path, body) =>
      fetch(`${ready.api}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${ready.operatorToken}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    configureWebex: async (changes) => {
      await json(
        await fetch(`${ready.webex}/_settings`, {
          method: 'PATCH',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(changes),
        }),
      );
    },
    orderFaults: async (rules) => {
      await json(
        await fetch(`${ready.webex}/_faults`, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ rules }),
        }),
      );
    },
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
      // Another command than our own runs something else, or something broken on purpose.
      if (!command) await keepUsage(dataDir);
      return child.exitCode;
    },
  };
}

async function readyLine(child: ChildProcess, stderr: () => string): Promise<ReadyLine> {
  const { stdout } = child;
  if (!stdout) throw new Error('The stack was started without its output.');
  const timer = setTimeout(() => child.kill('SIGKILL'), startMsMax);
  try {
    for await (const line of createInterface({ input: stdout })) return JSON.parse(line) as ReadyLine;
  } finally {
    clearTimeout(timer);
    stdout.resume();
  }
  throw new Error(`The stack ended before it was ready: ${stderr()}`);
}
