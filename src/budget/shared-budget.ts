import type { Clock, EpochMs } from '../shared/clock.ts';
import { type BucketRules, pause, take } from './bucket.ts';
import type { BucketStore, Budget, Lane } from './ports.ts';

/** Others may be first so often before the budget counts as unreadable; each time one of them got its token. */
const ROUNDS_MAX = 50;
/** A leased token that was not used in this time is given up, so that it cannot be used in a later minute. */
const LEASE_MS = 1_000;

/** In intervals: fifty workers that wait ask five times as often as there are tokens. */
const SPREAD_MAX = 15;

/** The bucket could not be written because others kept being first. */
export class BudgetContendedError extends Error {
  override readonly name = 'BudgetContendedError';
  readonly code = 'budget-contended';
}

export interface SharedBudgetDeps {
  readonly store: BucketStore;
  readonly clock: Clock;
  readonly rules: BucketRules;
  /** 0 to 1; spreads workers that wait for the same token. */
  readonly random?: () => number;
  readonly onPause?: (untilMs: EpochMs, reason: string) => void;
}

/** The budget of a stack, whose bucket lies where all its functions reach it. */
export class SharedBudget implements Budget {
  readonly #deps: Required<SharedBudgetDeps>;
  /** What this process knows of a pause, so that it need not ask. */
  #pausedUntilMs: EpochMs = 0;
  #leased: { readonly lane: Lane; readonly untilMs: EpochMs; left: number } | undefined;

  constructor(deps: SharedBudgetDeps) {
    this.#deps = { random: Math.random, onPause: () => undefined, ...deps };
  }

  async take(lane: Lane, maxWaitMs: number): Promise<'granted' | { readonly waitMs: number }> {
    const { clock, rules, random } = this.#deps;
    const untilMs = clock.nowMs() + maxWaitMs;
    for (let round = 0; ; round += 1) {
      const leftMs = Math.max(0, untilMs - clock.nowMs());
      const taken = this.#takeLeased(lane) ?? (await this.#takeNow(lane, leftMs));
      if (taken.granted) return this.#waitFor(taken.atMs);
      if (taken.waitMs > untilMs - clock.nowMs()) return { waitMs: taken.waitMs };
      // The next token can be taken one interval ahead. Who was not first again and again has many beside it, and asks less often.
      const spreadMs = random() * rules.intervalMs * Math.min(2 ** round - 1, SPREAD_MAX);
      await clock.sleep(Math.max(0, taken.waitMs - rules.intervalMs) + spreadMs);
    }
  }

  async pauseUntil(instantMs: EpochMs, reason: string): Promise<void> {
    const { store, onPause } = this.#deps;
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, instantMs);
    this.#leased = undefined;
    let state = await store.read();
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const after = pause(state, instantMs);
      if (!after) return;
      const outcome = await store.replace(state, after);
      if (outcome === 'written') {
        onPause(instantMs, reason);
        return;
      }
      state = outcome.now;
    }
    throw new BudgetContendedError('The pause of the request budget could not be written.');
  }

  async #takeNow(
    lane: Lane,
    maxWaitMs: number,
  ): Promise<{ granted: true; atMs: EpochMs } | { granted: false; waitMs: number }> {
    const { store, clock, rules } = this.#deps;
    const pausedMs = this.#pausedUntilMs - clock.nowMs();
    if (pausedMs > 0) return { granted: false, waitMs: pausedMs };
    let state = await store.read();
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const taken = take(state, rules, lane, clock.nowMs(), maxWaitMs);
      if (!taken.granted) return taken;
      const outcome = await store.replace(state, taken.after);
      if (outcome === 'written') {
        if (rules.lease > 1) this.#leased = { lane, untilMs: taken.atMs + LEASE_MS, left: rules.lease - 1 };
        return taken;
      }
      state = outcome.now;
    }
    throw new BudgetContendedError('The request budget could not be written.');
  }

  #takeLeased(lane: Lane): { granted: true; atMs: EpochMs } | undefined {
    const nowMs = this.#deps.clock.nowMs();
    const leased = this.#leased;
    if (!leased || leased.lane !== lane || leased.left === 0 || leased.untilMs < nowMs) return undefined;
    leased.left -= 1;
    return { granted: true, atMs: nowMs };
  }

  /** A pause that came while a callback waited for its token holds for it as well. */
  async #waitFor(atMs: EpochMs): Promise<'granted' | { readonly waitMs: number }> {
    const { clock, store } = this.#deps;
    const waitMs = atMs - clock.nowMs();
    if (waitMs <= 0) return 'granted';
    await clock.sleep(waitMs);
    const pausedMs = ((await store.read())?.pausedUntilMs ?? 0) - clock.nowMs();
    return pausedMs > 0 ? { waitMs: pausedMs } : 'granted';
  }
}
