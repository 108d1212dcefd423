import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { InvocationOutcome } from '../../contracts.ts';
import type { FunctionDefinition } from './definition.ts';
import type { FunctionLog } from './function-log.ts';
import type { InvokeMessage, ProcessMessage } from './messages.ts';

const BOOTSTRAP = fileURLToPath(new URL('./bootstrap.ts', import.meta.url));

/** Lambda gives a function 10 s to load before the first event (Lambda developer guide, "Init phase"). */
const INIT_TIMEOUT_MS = 10_000;

interface Waiting {
  readonly id: number;
  readonly requestId: string;
  readonly timer: NodeJS.Timeout;
  readonly settle: (outcome: InvocationOutcome) => void;
}

/** One execution environment: a child process that runs one function and takes one event at a time. */
export class FunctionProcess {
  readonly #definition: FunctionDefinition;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #loaded: Promise<InvocationOutcome | undefined>;
  #waiting: Waiting | undefined;
  #sequence = 0;
  /** False from the moment that its end is decided, before the process is gone. */
  #usable = true;
  #isGone = false;

  constructor(definition: FunctionDefinition, log: FunctionLog, onExit: (process: FunctionProcess) => void) {
    this.#definition = definition;
    this.#child = fork(BOOTSTRAP, [definition.handler, definition.arn], {
      cwd: definition.directory,
      env: { ...definition.environment },
      execArgv: ['--disable-warning=ExperimentalWarning', `--max-old-space-size=${definition.memoryMb}`],
      stdio: ['ignore', log.target, log.target, 'ipc'],
      serialization: 'json',
      // Ctrl-C in the terminal must reach the host alone, which then ends its functions in order.
      detached: true,
    });
    log.follow(this.#child);
    this.#loaded = this.#watchInit();
    this.#child.on('message', (message) => this.#receive(message as ProcessMessage));
    this.#exited = new Promise((resolve) => {
      const gone = (how: string): void => {
        this.#usable = false;
        this.#isGone = true;
        onExit(this);
        this.#settle((requestId) => ({
          outcome: 'crashed',
          errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${how}`,
        }));
        resolve();
      };
      this.#child.once('exit', (code, signal) => gone(signal === null ? `exit status ${code}` : `signal: ${signal}`));
      this.#child.once('error', (error) => {
        if (this.#child.pid === undefined) gone(error.message);
      });
    });
  }

  /** Whether it can take another event. */
  get isUsable(): boolean {
    return this.#usable;
  }

  /** Resolves once the handler is loaded, with the failure where it could not be. */
  get loaded(): Promise<InvocationOutcome | undefined> {
    return this.#loaded;
  }

  /** Runs one event; the caller sees to it that no other one is under way. Never rejects. */
  async invoke(event: unknown): Promise<InvocationOutcome> {
    const failure = await this.#loaded;
    if (failure !== undefined) return failure;
    const { timeoutMs } = this.#definition;
    const message: InvokeMessage = {
      id: ++this.#sequence,
      requestId: randomUUID(),
      event,
      deadlineMs: Date.now() + timeoutMs,
    };
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#timeOut(), timeoutMs);
      this.#waiting = { id: message.id, requestId: message.requestId, timer, settle: resolve };
      this.#child.send(message, (error) => {
        if (error === null) return;
        void this.kill();
        this.#settle(() => ({ outcome: 'crashed', errorMessage: `The process took no event: ${error.message}` }));
      });
    });
  }

  /** Ends the process at once, as Lambda does; resolves when it is gone. */
  kill(): Promise<void> {
    this.#usable = false;
    if (!this.#isGone) this.#child.kill('SIGKILL');
    return this.#exited;
  }

  async #watchInit(): Promise<InvocationOutcome | undefined> {
    return new Promise((resolve) => {
      const done = (failure?: InvocationOutcome): void => {
        clearTimeout(timer);
        resolve(failure);
      };
      const timer = setTimeout(() => {
        done({
          outcome: 'timed-out',
          errorMessage: `The bundle did not load within ${INIT_TIMEOUT_MS / 1000} seconds.`,
        });
        void this.kill();
      }, INIT_TIMEOUT_MS);
      this.#child.on('message', (message: ProcessMessage) => {
        if (message.kind === 'ready') done();
        if (message.kind !== 'init-failed') return;
        done({ outcome: 'error', ...message.error });
        void this.kill();
      });
      this.#child.once('error', (error) =>
        done({ outcome: 'crashed', errorMessage: `The process did not start: ${error.message}` }),
      );
      this.#child.once('exit', () =>
        done({ outcome: 'crashed', errorMessage: 'Runtime exited before the handler was loaded.' }),
      );
    });
  }

  #receive(message: ProcessMessage): void {
    if (message.kind === 'answered' && message.id === this.#waiting?.id) {
      this.#settle(() => ({ outcome: 'answered', payload: JSON.parse(message.payload) as unknown }));
    }
    if (message.kind === 'threw' && message.id === this.#waiting?.id) {
      this.#settle(() => ({ outcome: 'error', ...message.error }));
    }
  }

  #timeOut(): void {
    const seconds = (this.#definition.timeoutMs / 1000).toFixed(2);
    void this.kill();
    this.#settle((requestId) => ({
      outcome: 'timed-out',
      errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
    }));
  }

  #settle(toOutcome: (requestId: string) => InvocationOutcome): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    clearTimeout(waiting.timer);
    waiting.settle(toOutcome(waiting.requestId));
  }
}
