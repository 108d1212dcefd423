import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * Runs the engine beside a watcher that reads the host's end of a pipe: when the host is gone, however it died, the read
 * ends and the engine is asked to end, and killed 2 s later. Asking comes first because DynamoDB Local acknowledges
 * writes before it commits them. The first line on the standard output is the engine's own process id.
 */
const GUARD_SCRIPT = `
exec 3<&0
"$@" </dev/null 3<&- 1>&2 &
engine=$!
echo "$engine"
{ read -r _ <&3; kill "$engine"; sleep 2; kill -9 "$engine"; } 2>/dev/null &
watcher=$!
wait "$engine"
status=$?
kill "$watcher" 2>/dev/null
exit "$status"
`;

/** At most this many bytes of what an engine said last are kept, for the message when it does not start. */
const OUTPUT_BYTES_MAX = 4096;

export interface EngineExit {
  /** Undefined when a signal ended the process. */
  readonly exitCode: number | undefined;
  /** What the engine wrote last. */
  readonly output: string;
}

/** A process that cannot outlive this one. */
export interface GuardedProcess {
  /** Of the engine itself, not of its guard. */
  readonly pid: number;
  readonly exited: Promise<EngineExit>;
  /** What the engine wrote so far, at most the last 4 KB. */
  output(): string;
  /** Ends the engine within 2 s. */
  stop(): Promise<void>;
}

const keepTail = (text: string, chunk: string): string => (text + chunk).slice(-OUTPUT_BYTES_MAX);

const firstLine = async (guard: ChildProcess): Promise<string | undefined> => {
  if (guard.stdout === null) {
    return undefined;
  }
  const lines = createInterface({ input: guard.stdout });
  for await (const line of lines) {
    return line;
  }
  return undefined;
};

/**
 * Starts a program under a guard. It runs in a session of its own, so that Ctrl-C in the terminal reaches only the host,
 * which then ends it in order.
 */
export const startGuarded = async (command: string, args: readonly string[]): Promise<GuardedProcess> => {
  const guard = spawn('/bin/sh', ['-c', GUARD_SCRIPT, 'engine-guard', command, ...args], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  guard.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    output = keepTail(output, chunk);
  });
  const exited = once(guard, 'exit').then(([code]): EngineExit => {
    guard.stdin.destroy();
    return { exitCode: typeof code === 'number' && code < 128 ? code : undefined, output };
  });
  const pid = Number(await firstLine(guard));
  if (!Number.isInteger(pid) || pid <= 0) {
    throw new Error(`${command} could not be started: ${output.trim()}`);
  }
  return {
    pid,
    exited,
    output: () => output,
    stop: async () => {
      guard.stdin.end();
      await exited;
    },
  };
};
