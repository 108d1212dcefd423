import type { EpochMs } from '../../../../src/shared/clock.ts';

/** The longest time asleep, so that a clock that was set forward is noticed. */
const SLEEP_MS_MAX = 1000;

export interface DueLoopOptions {
  readonly nowMs: () => EpochMs;
  /** When the earliest thing is due; undefined when nothing waits. */
  readonly nextDueMs: () => EpochMs | undefined;
  /** Does all that is due; must not throw. */
  readonly runDue: () => Promise<void>;
}

export interface DueLoop {
  /** Looks at once whether anything is due, and resolves when that is done. */
  wake(): Promise<void>;
  /** Resolves when the work that is under way is done. */
  stop(): Promise<void>;
}

/** Runs what is due when it is due. One run at a time; a wake during a run makes one more follow. */
export const startDueLoop = (options: DueLoopOptions): DueLoop => {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  const arm = (): void => {
    clearTimeout(timer);
    const dueMs = stopped ? undefined : options.nextDueMs();
    if (dueMs !== undefined) {
      timer = setTimeout(() => void wake(), Math.min(Math.max(dueMs - options.nowMs(), 0), SLEEP_MS_MAX));
    }
  };
  const isWanted = (): boolean => again && !stopped;
  const run = async (): Promise<void> => {
    do {
      again = false;
      await options.runDue();
    } while (isWanted());
    running = undefined;
    arm();
  };
  const wake = (): Promise<void> => {
    if (stopped) {
      return Promise.resolve();
    }
    if (running === undefined) {
      running = run();
    } else {
      again = true;
    }
    return running;
  };
  arm();
  return {
    wake,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
};
