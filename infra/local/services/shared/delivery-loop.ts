import type { Clock, EpochMs } from '../../../../src/shared/clock.ts';
import { type DueLoop, startDueLoop } from './due-loop.ts';

/** Deliveries at the same time. */
const batch = 50;
/** A delivery that has not ended after this long is tried again beside the first try. */
const leaseMs = 120_000;
const retryBaseMs = 1000;
export const retryMsMax = 60_000;

/** How long to wait after so many tries before the one that failed. */
export const retryDelayMs = (attempts: number): number =>
  Math.min(retryBaseMs * 2 ** Math.min(attempts, 16), retryMsMax);

export interface DeliveryLoopOptions<Delivery> {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly nextDueMs: () => EpochMs | undefined;
  /** At most `limit` deliveries that are due, not due again before the lease ends. */
  readonly takeDue: (nowMs: EpochMs, limit: number, leaseUntilMs: EpochMs) => readonly Delivery[];
  /** Tries one, and notes what came of it; must not throw. */
  readonly deliver: (delivery: Delivery) => Promise<void>;
}

/** Delivers what waits on disk, each at least once. */
export class DeliveryLoop<Delivery> {
  readonly #options: DeliveryLoopOptions<Delivery>;
  readonly #loop: DueLoop;
  readonly #inFlight = new Set<Promise<void>>();

  constructor(options: DeliveryLoopOptions<Delivery>) {
    this.#options = options;
    this.#loop = startDueLoop({
      nowMs: () => options.clock.nowMs(),
      nextDueMs: options.nextDueMs,
      runDue: async () => this.#launchDue(),
    });
  }

  /** Looks at once for what is due, and resolves when it was tried. */
  async wake(): Promise<void> {
    await this.#loop.wake();
    await Promise.all(this.#inFlight);
  }

  /** Starts nothing more; a delivery that is under way is not waited for. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  #launchDue(): void {
    const { clock, takeDue, deliver } = this.#options;
    const nowMs = clock.nowMs();
    for (const delivery of takeDue(nowMs, batch - this.#inFlight.size, nowMs + leaseMs)) {
      const run = deliver(delivery).finally(() => {
        this.#inFlight.delete(run);
        void this.#loop.wake();
      });
      this.#inFlight.add(run);
    }
  }
}
