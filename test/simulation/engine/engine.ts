import { EventHeap } from './event-heap.ts';

export type Trace = (atMs: number, who: string, what: string, result: unknown) => void;

/** More events than any history of a few hundred calls has: one that goes on is a loop. */
const eventsPerCallMax = 20_000;

/**
 * Virtual time. Events run one after another in the order of their instants; between two of them everything that the
 * first has set in motion runs to its next wait. So the same seed always gives the same history.
 */
export class Engine {
  nowMs: number;
  /** Told of everything that happens, where somebody wants to read it; telling costs more than happening. */
  readonly #trace: Trace | undefined;
  readonly #heap = new EventHeap();
  /** Whether the running event has settled a promise, so that somebody may go on. */
  #stirred = false;
  #failure: Error | undefined;
  #eventsLeft: number;

  constructor(startMs: number, calls: number, trace?: Trace) {
    this.nowMs = startMs;
    this.#trace = trace;
    this.#eventsLeft = eventsPerCallMax * (calls + 10);
  }

  at(atMs: number, run: () => void): void {
    this.#heap.push(atMs > this.nowMs ? atMs : this.nowMs, run);
  }

  after(delayMs: number, run: () => void): void {
    this.#heap.push(this.nowMs + delayMs, run);
  }

  /** Ends the run with an error that happened between events. */
  fail(error: unknown): void {
    this.#failure = error instanceof Error ? error : new Error(String(error));
  }

  note(who: string, what: string, result?: unknown): void {
    this.#trace?.(this.nowMs, who, what, result);
  }

  /** Says that a promise was settled: its followers run before the next event. */
  stir(): void {
    this.#stirred = true;
  }

  /** Resolves after `delayMs` of virtual time. */
  pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(delayMs, () => {
        this.#stirred = true;
        resolve();
      });
    });
  }

  /** Runs until nothing is left to happen, or `untilMs` has passed. */
  run(untilMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = (): void => {
        try {
          for (;;) {
            if (this.#failure) return reject(this.#failure);
            const event = this.#heap.pop();
            if (!event || event.atMs > untilMs) return resolve();
            this.#eventsLeft -= 1;
            if (this.#eventsLeft < 0) throw new Error('The history does not come to an end.');
            this.nowMs = event.atMs;
            this.#stirred = false;
            event.run();
            // The microtasks run out before the next tick, however long their chain: only then comes the next event.
            if (this.#stirred) return queueMicrotask(tick);
          }
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      const tick = (): void => process.nextTick(step);
      // What was set in motion before the first event runs before it as well.
      queueMicrotask(tick);
    });
  }
}
