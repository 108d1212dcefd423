import type { ListFact } from '../../../src/policy/types.ts';

const dayMs = 86_400_000;

/** The copy of a national registry: of a day, and brought up to date every so often, or not at all. */
export class SimulatedRegistry {
  readonly isSubscribed: boolean;
  readonly #firstCopyAtMs: number;
  readonly #everyMs: number;

  constructor(told: { isSubscribed: boolean; startMs: number; ageDays: number; everyDays: number }) {
    this.isSubscribed = told.isSubscribed;
    this.#firstCopyAtMs = told.startMs - told.ageDays * dayMs;
    this.#everyMs = told.everyDays * dayMs;
  }

  /** Every fifth number stands on it. */
  isListed(number: string): boolean {
    return Number(number.at(-1)) % 5 === 0;
  }

  copyOfMs(nowMs: number): number {
    if (this.#everyMs === Number.POSITIVE_INFINITY) return this.#firstCopyAtMs;
    return this.#firstCopyAtMs + Math.floor((nowMs - this.#firstCopyAtMs) / this.#everyMs) * this.#everyMs;
  }

  factOf(number: string, nowMs: number): ListFact {
    const state = this.isListed(number) ? 'listed' : 'clear';
    return { list: 'registry:US', state, asOfMs: this.copyOfMs(nowMs) };
  }
}
