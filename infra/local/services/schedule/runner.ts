import { randomUUID } from 'node:crypto';
import type { Clock, EpochMs } from '../../../../src/shared/clock.ts';
import { DeliveryLoop, retryDelayMs, retryMsMax } from '../shared/delivery-loop.ts';
import type { ScheduleDefinition, ScheduleTarget } from './definition.ts';
import { nextRunMs, parseScheduleExpression } from '../../../../src/shared/schedule/expression.ts';
import type { Delivery, ScheduleStore, StoredSchedule } from './store.ts';

/** What a delivery is about, beside its target and payload. */
export interface DeliveryContext {
  readonly scheduleArn: string;
  /** Stays the same over all tries of one run. */
  readonly executionId: string;
  readonly scheduledMs: EpochMs;
  /** From 1. */
  readonly attempt: number;
  /** Set when the target is the dead-letter queue: the attributes that AWS puts on the message. */
  readonly deadLetterAttributes?: Readonly<Record<string, string>>;
}

/** Delivers one run of a schedule to its queue or function, and rejects when that failed. It may be called again for the same run. */
export type DeliverSchedule = (target: ScheduleTarget, payload: string, context: DeliveryContext) => Promise<void>;

export interface ScheduleRunnerOptions {
  readonly store: ScheduleStore;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly arnOf: (groupName: string, name: string) => string;
  readonly accountId: string;
  readonly region: string;
  readonly deliver: DeliverSchedule;
  /** Told of every delivery that failed, in one sentence. */
  readonly onProblem: (problem: string) => void;
}

/** AWS: what holds where a target gives no retry policy. */
const RETRIES_DEFAULT = 185;
const EVENT_AGE_SECONDS_DEFAULT = 86_400;

/** Runs noted at a time. */
const BATCH = 50;

/** The next run of a schedule after `afterMs`, within its start and end. */
export const nextOf = (definition: ScheduleDefinition, createdMs: EpochMs, afterMs: EpochMs): EpochMs | undefined => {
  const startMs = definition.StartDate === undefined ? undefined : definition.StartDate * 1000;
  const next = nextRunMs(parseScheduleExpression(definition.ScheduleExpression), {
    timeZone: definition.ScheduleExpressionTimezone ?? 'UTC',
    afterMs: startMs === undefined ? afterMs : Math.max(afterMs, startMs - 1),
    anchorMs: startMs ?? createdMs,
  });
  return definition.EndDate !== undefined && next !== undefined && next > definition.EndDate * 1000 ? undefined : next;
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const fillIn = (input: string, values: Readonly<Record<string, string>>): string =>
  input.replaceAll(/<aws\.scheduler\.([a-z-]+)>/g, (placeholder, name: string) => values[name] ?? placeholder);

/** Turns due schedules into deliveries and delivers them, each at least once. */
export class ScheduleRunner {
  readonly #options: ScheduleRunnerOptions;
  readonly #loop: DeliveryLoop<Delivery>;
  #stopped = false;

  constructor(options: ScheduleRunnerOptions) {
    this.#options = options;
    options.store.releaseDeliveries(options.clock.nowMs());
    this.#loop = new DeliveryLoop({
      clock: options.clock,
      nextDueMs: () => options.store.nextDueMs(),
      takeDue: (...due) => this.#takeDue(...due),
      deliver: (delivery) => this.#deliver(delivery),
    });
  }

  /** Looks at once for what is due, and resolves when it was tried. */
  wake(): Promise<void> {
    return this.#loop.wake();
  }

  /** Starts nothing more; a delivery that is under way is forgotten and made again at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loop.stop();
  }

  #takeDue(nowMs: EpochMs, limit: number, leaseUntilMs: EpochMs): readonly Delivery[] {
    const { store, clock } = this.#options;
    for (const schedule of store.due(nowMs, BATCH)) this.#enqueue(schedule);
    // Those that were just noted are due since a moment after `nowMs`.
    const due = store.dueDeliveries(clock.nowMs(), limit);
    for (const { executionId, attempts } of due) store.postponeDelivery(executionId, attempts, leaseUntilMs);
    return due;
  }

  /**
   * In one transaction: notes the run that is due and moves the schedule on. Runs that were missed while the host was
   * down come to one late run.
   */
  #enqueue(schedule: StoredSchedule): void {
    const { store, clock } = this.#options;
    const { groupName, name, definition, createdMs, nextMs: scheduledMs } = schedule;
    if (scheduledMs === undefined) {
      return;
    }
    const nowMs = clock.nowMs();
    const nextMs = nextOf(definition, createdMs, nowMs);
    store.transaction(() => {
      store.addDelivery({
        executionId: randomUUID(),
        groupName,
        name,
        definition,
        scheduledMs,
        createdMs: nowMs,
        attempts: 0,
        nextAttemptMs: nowMs,
      });
      store.setNext(groupName, name, nextMs);
    });
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { arnOf, deliver } = this.#options;
    const { groupName, name, definition, executionId, scheduledMs } = delivery;
    const attempt = delivery.attempts + 1;
    const context: DeliveryContext = { scheduleArn: arnOf(groupName, name), executionId, scheduledMs, attempt };
    try {
      await deliver(definition.Target, this.#payload(delivery, context), context);
    } catch (error) {
      const reason = reasonOf(error);
      this.#options.onProblem(`Schedule ${groupName}/${name}: attempt ${attempt} to deliver failed: ${reason}`);
      await this.#retryOrGiveUp(delivery, context, reason);
      return;
    }
    if (!this.#stopped) {
      this.#settle(delivery);
    }
  }

  async #retryOrGiveUp(delivery: Delivery, context: DeliveryContext, reason: string): Promise<void> {
    if (this.#stopped) {
      return;
    }
    const { store, clock, deliver } = this.#options;
    const { Target: target } = delivery.definition;
    const nowMs = clock.nowMs();
    const retriesMax = target.RetryPolicy?.MaximumRetryAttempts ?? RETRIES_DEFAULT;
    const ageMaxMs = (target.RetryPolicy?.MaximumEventAgeInSeconds ?? EVENT_AGE_SECONDS_DEFAULT) * 1000;
    const delayMs = retryDelayMs(delivery.attempts);
    const exhausted = delivery.attempts >= retriesMax ? 'MaximumRetryAttempts' : 'MaximumEventAgeInSeconds';
    if (delivery.attempts < retriesMax && nowMs + delayMs - delivery.createdMs <= ageMaxMs) {
      store.postponeDelivery(delivery.executionId, context.attempt, nowMs + delayMs);
      return;
    }
    const deadLetterArn = target.DeadLetterConfig?.Arn;
    if (deadLetterArn !== undefined) {
      const deadLetterAttributes = {
        ERROR_MESSAGE: reason,
        EXHAUSTED_RETRY_CONDITION: exhausted,
        RETRY_ATTEMPTS: String(delivery.attempts),
        SCHEDULE_ARN: context.scheduleArn,
        TARGET_ARN: target.Arn,
        X_AMZ_SCHEDULER_ATTEMPT: String(context.attempt),
      };
      try {
        const queue: ScheduleTarget = { Arn: deadLetterArn, RoleArn: target.RoleArn };
        await deliver(queue, this.#payload(delivery, context), { ...context, deadLetterAttributes });
      } catch (error) {
        // A run is never lost to a dead-letter queue that is away for a moment: it is tried again as a whole.
        this.#options.onProblem(
          `Schedule ${delivery.groupName}/${delivery.name}: its dead-letter queue failed: ${reasonOf(error)}`,
        );
        if (!this.#stopped) {
          store.postponeDelivery(delivery.executionId, delivery.attempts, nowMs + retryMsMax);
        }
        return;
      }
    }
    if (!this.#stopped) {
      this.#settle(delivery);
    }
  }

  /** Forgets a run, and its schedule too when that was the last one and it asked for this. */
  #settle({ executionId, groupName, name }: Delivery): void {
    const { store } = this.#options;
    store.transaction(() => {
      store.deleteDelivery(executionId);
      const schedule = store.find(groupName, name);
      if (schedule?.definition.ActionAfterCompletion === 'DELETE' && schedule.nextMs === undefined) {
        store.delete(groupName, name);
      }
    });
  }

  #payload({ definition, scheduledMs }: Delivery, context: DeliveryContext): string {
    const time = `${new Date(scheduledMs).toISOString().slice(0, 19)}Z`;
    if (definition.Target.Input === undefined) {
      return JSON.stringify({
        version: '0',
        id: context.executionId,
        'detail-type': 'Scheduled Event',
        source: 'aws.scheduler',
        account: this.#options.accountId,
        time,
        region: this.#options.region,
        resources: [context.scheduleArn],
        detail: '{}',
      });
    }
    return fillIn(definition.Target.Input, {
      'schedule-arn': context.scheduleArn,
      'scheduled-time': time,
      'execution-id': context.executionId,
      'attempt-number': String(context.attempt),
    });
  }
}
