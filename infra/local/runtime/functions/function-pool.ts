import type { InvocationOutcome } from '../../contracts.ts';
import type { FunctionDefinition } from './definition.ts';
import type { FunctionLog } from './function-log.ts';
import { FunctionProcess } from './function-process.ts';

/** Events that may wait for a free process; AWS would start more environments, this machine throttles. */
const WAITING_MAX = 1_000;

/** A process that had nothing to do for so long is ended. */
const IDLE_MAX_MS = 300_000;

/** The processes of one function: warm ones are used again, at most the function's concurrency at a time. */
export class FunctionPool {
  readonly definition: FunctionDefinition;
  readonly #log: FunctionLog;
  readonly #processes = new Set<FunctionProcess>();
  readonly #idle: { process: FunctionProcess; timer: NodeJS.Timeout }[] = [];
  readonly #waiting: ((process: FunctionProcess | undefined) => void)[] = [];
  #closed = false;

  constructor(definition: FunctionDefinition, log: FunctionLog) {
    this.definition = definition;
    this.#log = log;
  }

  /** Runs one event in a free process, or in the next one that becomes free. Never rejects. */
  async invoke(event: unknown): Promise<InvocationOutcome> {
    const process = await this.#acquire();
    if (process === undefined) return { outcome: 'throttled', errorMessage: `${this.definition.name}: Rate Exceeded.` };
    const outcome = await process.invoke(event);
    this.#release(process);
    if (outcome.outcome !== 'answered') this.#log.write(JSON.stringify({ host: 'invocation failed', ...outcome }));
    return outcome;
  }

  /** Starts a process if there is none, so that the first event finds it warm. */
  async warmUp(): Promise<void> {
    if (this.#processes.size > 0 || this.#closed || this.definition.concurrencyMax === 0) return;
    const process = this.#start();
    this.#release(process);
    await process.loaded;
  }

  /** Ends all processes at once, whatever they do. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const next of this.#waiting.splice(0)) next(undefined);
    for (const { timer } of this.#idle.splice(0)) clearTimeout(timer);
    await Promise.all([...this.#processes].map((process) => process.kill()));
    this.#log.close();
  }

  async #acquire(): Promise<FunctionProcess | undefined> {
    if (this.#closed) return undefined;
    const idle = this.#idle.pop();
    if (idle !== undefined) {
      clearTimeout(idle.timer);
      return idle.process;
    }
    if (this.#processes.size < this.definition.concurrencyMax) return this.#start();
    if (this.definition.concurrencyMax === 0 || this.#waiting.length >= WAITING_MAX) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #start(): FunctionProcess {
    const process = new FunctionProcess(this.definition, this.#log, (dead) => this.#forget(dead));
    this.#processes.add(process);
    return process;
  }

  #release(process: FunctionProcess): void {
    // A process whose end is decided frees its place when it is gone.
    if (!process.isUsable) return;
    const next = this.#waiting.shift();
    if (next !== undefined) {
      next(process);
      return;
    }
    const timer = setTimeout(() => void process.kill(), IDLE_MAX_MS).unref();
    this.#idle.push({ process, timer });
  }

  #forget(process: FunctionProcess): void {
    this.#processes.delete(process);
    const index = this.#idle.findIndex((idle) => idle.process === process);
    if (index >= 0) {
      const [removed] = this.#idle.splice(index, 1);
      clearTimeout(removed?.timer);
    }
    const next = this.#closed ? undefined : this.#waiting.shift();
    next?.(this.#start());
  }
}
