import type { Clock } from '../../../../src/shared/clock.ts';
import type { BucketState, BucketStore } from '../../../../src/budget/ports.ts';

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** A clock for simulations: time goes on to the next sleeper when everything else stands still. */
export class VirtualClock implements Clock {
  readonly #sleepers: Sleeper[] = [];
  #nowMs = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(durationMs: number): Promise<void> {
    return new Promise((wake) => {
      const sleeper = { atMs: this.#nowMs + Math.max(0, durationMs), wake };
      const place = this.#sleepers.findIndex((other) => other.atMs > sleeper.atMs);
      this.#sleepers.splice(place === -1 ? this.#sleepers.length : place, 0, sleeper);
    });
  }

  async runUntil(untilMs: number): Promise<void> {
    for (;;) {
      // A handful of turns lets every promise that can go on do so; nothing here waits for real input or output.
      for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
      const next = this.#sleepers[0];
      if (!next || next.atMs > untilMs) break;
      this.#sleepers.shift();
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
    }
    this.#nowMs = untilMs;
  }
}

/** A generator that repeats its series for the same seed, 0 to 1 (mulberry32, public domain). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The bucket in memory, as slow as DynamoDB, so that others come in between reading and writing. */
export class SlowBucketStore implements BucketStore {
  state: BucketState | undefined;
  reads = 0;
  writes = 0;
  lostWrites = 0;
  readonly #latency: () => Promise<void>;

  constructor(latency: () => Promise<void> = async () => undefined) {
    this.#latency = latency;
  }

  async read(): Promise<BucketState | undefined> {
    this.reads += 1;
    await this.#latency();
    return this.state;
  }

  async replace(
    before: BucketState | undefined,
    after: BucketState,
  ): Promise<'written' | { now: BucketState | undefined }> {
    await this.#latency();
    if (this.state?.version !== before?.version) {
      this.lostWrites += 1;
      return { now: this.state };
    }
    this.writes += 1;
    this.state = after;
    return 'written';
  }
}
