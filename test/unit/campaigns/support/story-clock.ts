import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../../src/shared/clock.ts';

/** A clock for stories in virtual time: it goes on to the next sleeper when everything else has come to a stop, however long that takes. */
export class StoryClock implements Clock {
  readonly #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];
  #nowMs = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(durationMs: number): Promise<void> {
    return new Promise((wake) => {
      const sleeper = { atMs: this.#nowMs + Math.max(0, durationMs), wake };
      const place = this.#sleepers.findLastIndex((other) => other.atMs <= sleeper.atMs);
      this.#sleepers.splice(place + 1, 0, sleeper);
    });
  }

  async runUntil(untilMs: number): Promise<void> {
    while (await this.#step(untilMs));
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /** Lets a story end, and not one event more. */
  async tell<T>(story: Promise<T>): Promise<T> {
    const state = { hasEnded: false };
    const end = (): void => {
      state.hasEnded = true;
    };
    story.then(end, end);
    while (!state.hasEnded) {
      const woke = await this.#step(Number.POSITIVE_INFINITY);
      if (!woke && !state.hasEnded) throw new Error('The story waits for nothing.');
    }
    return story;
  }

  /** False where nobody sleeps until then. */
  async #step(untilMs: number): Promise<boolean> {
    // One turn of the event loop runs everything that can go on; nothing here waits for real input or output.
    await setImmediate();
    const next = this.#sleepers[0];
    if (!next || next.atMs > untilMs) return false;
    this.#sleepers.shift();
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    next.wake();
    return true;
  }
}
