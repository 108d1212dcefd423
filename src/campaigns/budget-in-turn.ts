import type { Budget, Lane } from '../budget/ports.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';

/**
 * The budget, asked by one request of this process at a time. Requests that ask side by side for the next token get in each
 * other's way and look again later and later, which leaves tokens of the lowest lane unused; one that waits never does.
 */
export class BudgetInTurn implements Budget {
  readonly #budget: Budget;
  readonly #clock: Pick<Clock, 'nowMs'>;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(budget: Budget, clock: Pick<Clock, 'nowMs'>) {
    this.#budget = budget;
    this.#clock = clock;
  }

  /** Waiting for one's turn counts as waiting, but an answer is always the budget's own. */
  take(lane: Lane, maxWaitMs: number): Promise<'granted' | { readonly waitMs: number }> {
    const untilMs = this.#clock.nowMs() + maxWaitMs;
    const taken = this.#turn.then(() => this.#budget.take(lane, Math.max(0, untilMs - this.#clock.nowMs())));
    this.#turn = taken.catch(() => undefined);
    return taken;
  }

  pauseUntil(instantMs: EpochMs, reason: string): Promise<void> {
    return this.#budget.pauseUntil(instantMs, reason);
  }
}
