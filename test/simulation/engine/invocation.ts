import type { Prng } from '../../support/prng.ts';
import type { Engine } from './engine.ts';

/** What can go wrong with one request of a function to a service. */
export interface ServiceFaults {
  /** The service refuses without doing anything. */
  readonly throttled: number;
  /** The service did it and the answer was lost, after all repeats of the client. */
  readonly answerLost: number;
  /** The request takes seconds. */
  readonly slow: number;
}

/** A fault of the machinery as the simulated services throw it. */
export class ServiceFault extends Error {
  override readonly name = 'ServiceFault';
}

/** A promise of its own for each who waits: one for all would keep everything that ever waited for it. */
export const never = (): Promise<never> => new Promise(() => undefined);

export type RunEnd<T> =
  | { readonly ended: 'returned'; readonly value: T }
  | { readonly ended: 'threw'; readonly error: unknown }
  | { readonly ended: 'died' };

/** A request that cannot go wrong by itself. */
export const reliable: ServiceFaults = { throttled: 0, answerLost: 0, slow: 0 };

export interface InvocationOptions {
  readonly name: string;
  readonly timeLimitMs: number;
  /** The request at which the worker dies; 0 for never. */
  readonly diesAtRequest: number;
}

/**
 * One run of a function. Whatever it asks of the world goes through `request`, so that it can die at any of its waits:
 * then nothing of it ever runs on, whatever it has set in motion.
 */
export class Invocation {
  readonly name: string;
  readonly #engine: Engine;
  readonly #chance: Prng;
  readonly #endsAtMs: number;
  readonly #diesAtRequest: number;
  #requests = 0;
  #dead = false;
  #whenDead: (() => void) | undefined;

  constructor(engine: Engine, chance: Prng, options: InvocationOptions) {
    this.name = options.name;
    this.#engine = engine;
    this.#chance = chance;
    this.#endsAtMs = engine.nowMs + options.timeLimitMs;
    this.#diesAtRequest = options.diesAtRequest;
  }

  sleep(durationMs: number): Promise<void> {
    return this.request('sleep', reliable, () => undefined, durationMs);
  }

  /** Runs the body and tells its end once: what it gave, what it threw, or that the worker died. */
  run<T>(body: () => Promise<T>, done: (end: RunEnd<T>) => void): void {
    const tell = (end: RunEnd<T>): void => {
      if (!this.#dead) done(end);
    };
    this.#whenDead = () => done({ ended: 'died' });
    body().then(
      (value) => tell({ ended: 'returned', value }),
      (error: unknown) => tell({ ended: 'threw', error }),
    );
  }

  #kill(): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#engine.note(this.name, 'dies');
    this.#engine.stir();
    this.#whenDead?.();
  }

  /**
   * One request to a service: it takes effect at one instant, and its answer arrives then.
   * @param what for the trace.
   * @param delayMs how long it takes; drawn where it is left out.
   */
  request<T>(what: string, faults: ServiceFaults, effect: () => T, delayMs = this.#delay(faults.slow)): Promise<T> {
    if (this.#dead) return never();
    this.#requests += 1;
    const dies = this.#requests === this.#diesAtRequest;
    if (dies && this.#chance.chance(0.5)) {
      this.#engine.after(delayMs / 2, () => this.#kill());
      return never();
    }
    const engine = this.#engine;
    return new Promise<T>((resolve, reject) => {
      engine.after(delayMs, () => {
        // A dead worker's request that is under way may still arrive.
        if (this.#dead) {
          if (this.#chance.chance(0.5)) this.#applyLate(what, effect);
          return;
        }
        engine.stir();
        if (this.#chance.chance(faults.throttled)) {
          engine.note(this.name, what, 'throttled');
          return reject(new ServiceFault('throttled'));
        }
        let value: T;
        try {
          value = effect();
        } catch (error) {
          engine.note(this.name, what, error);
          return reject(error instanceof Error ? error : new Error(String(error)));
        }
        engine.note(this.name, what, value);
        if (dies || engine.nowMs > this.#endsAtMs) return this.#kill();
        if (this.#chance.chance(faults.answerLost)) {
          engine.note(this.name, what, 'answer lost');
          return reject(new ServiceFault('answer lost'));
        }
        resolve(value);
      });
    });
  }

  #applyLate(what: string, effect: () => unknown): void {
    try {
      this.#engine.note(this.name, `${what} (its worker is dead)`, effect());
    } catch (error) {
      if (!(error instanceof ServiceFault)) throw error;
    }
  }

  #delay(slow: number): number {
    const chance = this.#chance;
    if (!chance.chance(slow)) return 2 + Math.floor(chance.next() * 15);
    return chance.chance(0.8) ? chance.int(100, 3_000) : chance.int(3_000, 29_000);
  }
}
