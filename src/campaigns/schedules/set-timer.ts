import type { Clock } from '../../shared/clock.ts';
import type { ScheduleKey, ScheduleStore, ScheduleTimers } from './ports.ts';
import { nextPlanned } from './timing.ts';

export interface SetTimerDeps {
  readonly schedules: Pick<ScheduleStore, 'read' | 'markTimed'>;
  readonly timers: ScheduleTimers;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** The schedule was changed again and again while its timer was set. Sending the request again mends it. */
export class TimerContendedError extends Error {
  override readonly name = 'TimerContendedError';
  readonly code = 'timer-contended';
}

const attemptsMax = 5;

/**
 * Makes the timer agree with the schedule, or with there being none. The schedule is read again after the timer was set:
 * whoever sets it last sees the last version, so two changes at once cannot leave the timer of the earlier one.
 * @throws TimerContendedError
 */
export async function setTimer({ schedules, timers, clock }: SetTimerDeps, key: ScheduleKey): Promise<void> {
  let set: number | 'cleared' | undefined;
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const schedule = (await schedules.read(key))?.schedule;
    const wanted = schedule?.version ?? 'cleared';
    if (wanted === set) {
      if (set !== 'cleared') await schedules.markTimed(key, set);
      return;
    }
    if (schedule) await timers.set(schedule, nextPlanned(schedule.timing, clock.nowMs()));
    else await timers.clear(key);
    set = wanted;
  }
  throw new TimerContendedError(`The schedule ${key.name} was changed again and again while its timer was set.`);
}
