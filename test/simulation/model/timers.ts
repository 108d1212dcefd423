import type { Prng } from '../../support/prng.ts';
import type { Engine } from '../engine/engine.ts';
import type { Faults } from '../world/faults.ts';

/** EventBridge Scheduler: one entry a call; it rings late, twice or never, and deletes itself. */
export class SimulatedTimers {
  readonly #entries = new Map<string, { atMs: number }>();
  readonly #engine: Engine;
  readonly #chance: Prng;
  readonly #faults: () => Faults;
  readonly #ring: (callId: string) => void;

  constructor(engine: Engine, chance: Prng, faults: () => Faults, ring: (callId: string) => void) {
    this.#engine = engine;
    this.#chance = chance;
    this.#faults = faults;
    this.#ring = ring;
  }

  set(callId: string, atMs: number): void {
    const entry = { atMs: Math.ceil(atMs / 1_000) * 1_000 };
    this.#entries.set(callId, entry);
    const { timerLateMs } = this.#faults();
    const lateMs = this.#chance.int(0, 59_000) + (timerLateMs > 0 ? this.#chance.int(0, timerLateMs) : 0);
    this.#engine.at(entry.atMs + lateMs, () => {
      // One that was moved or removed has another entry, or none.
      if (this.#entries.get(callId) !== entry) return;
      this.#entries.delete(callId);
      const { timerLost, timerDoubled } = this.#faults();
      if (this.#chance.chance(timerLost)) return;
      this.#ring(callId);
      if (this.#chance.chance(timerDoubled)) this.#engine.after(this.#chance.int(0, 60_000), () => this.#ring(callId));
    });
  }

  clear(callId: string): void {
    this.#entries.delete(callId);
  }
}
