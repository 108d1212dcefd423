import type { Clock } from '../../../src/shared/clock.ts';
import type { Engine } from './engine.ts';
import { type Invocation, type ServiceFaults, never } from './invocation.ts';

/** A process that runs one function again and again, as Lambda keeps them: what it remembers lasts until it dies or is put away. */
export class Worker {
  readonly functionName: string;
  readonly clock: Clock;
  readonly #engine: Engine;
  #run: Invocation | undefined;
  #gone = false;
  idleSinceMs = 0;

  /** @param clockSkewMs how far its machine's clock is ahead of the others. */
  constructor(engine: Engine, functionName: string, clockSkewMs: number) {
    this.#engine = engine;
    this.functionName = functionName;
    this.clock = {
      nowMs: () => engine.nowMs + clockSkewMs,
      sleep: (durationMs) => this.#run?.sleep(durationMs) ?? never(),
    };
  }

  /** Whether it died or was put away, and everything that it remembered with it. */
  get isGone(): boolean {
    return this.#gone;
  }

  begin(run: Invocation): void {
    this.#run = run;
  }

  end(isAlive: boolean): void {
    this.idleSinceMs = this.#engine.nowMs;
    if (!isAlive) this.#gone = true;
  }

  putAway(): void {
    this.#gone = true;
  }

  /** One request to a service, as a part of the run that it is busy with. */
  request<T>(what: string, faults: ServiceFaults, effect: () => T, delayMs?: number): Promise<T> {
    return this.#run?.request(what, faults, effect, delayMs) ?? never();
  }
}

/** Lambda puts a process away that nobody has used for some minutes; how many is not published. */
const idleMsMax = 600_000;

/** The processes of one function that are not busy, with what the caller has built around each. */
export class WorkerPool<Kept extends { readonly worker: Worker }> {
  readonly #idle: Kept[] = [];
  readonly #engine: Engine;
  readonly #build: () => Kept;

  constructor(engine: Engine, build: () => Kept) {
    this.#engine = engine;
    this.#build = build;
  }

  /** The one that was used last, else a new one. */
  take(): Kept {
    const kept = this.#idle.pop();
    if (!kept) return this.#build();
    if (this.#engine.nowMs - kept.worker.idleSinceMs <= idleMsMax) return kept;
    // Those that were used before it have been idle for longer.
    for (const { worker } of [kept, ...this.#idle.splice(0)]) worker.putAway();
    return this.#build();
  }

  giveBack(kept: Kept, isAlive: boolean): void {
    kept.worker.end(isAlive);
    if (isAlive) this.#idle.push(kept);
  }
}
