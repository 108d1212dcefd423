import { ConflictException, CreateScheduleCommand, type SchedulerClient } from '@aws-sdk/client-scheduler';
import type { EpochMs } from '../../shared/clock.ts';
import type { CallTimersTarget } from './call-timers.ts';

/** Rings when the life of an upload's list is over. */
export interface ListTimers {
  /** A timer that is there already stays. */
  set(uploadId: string, atMs: EpochMs): Promise<void>;
}

/** One EventBridge Scheduler entry an upload, named like it; it sends to the queue of uploads and deletes itself. */
export class SchedulerListTimers implements ListTimers {
  readonly #client: SchedulerClient;
  readonly #target: CallTimersTarget;

  constructor(client: SchedulerClient, target: CallTimersTarget) {
    this.#client = client;
    this.#target = target;
  }

  async set(uploadId: string, atMs: EpochMs): Promise<void> {
    const { groupName, queueArn, roleArn } = this.#target;
    // Scheduler knows whole seconds; rounding up keeps the timer from ringing before the time is over.
    const at = new Date(Math.ceil(atMs / 1_000) * 1_000).toISOString().slice(0, 19);
    try {
      await this.#client.send(
        new CreateScheduleCommand({
          Name: uploadId,
          GroupName: groupName,
          ScheduleExpression: `at(${at})`,
          ScheduleExpressionTimezone: 'UTC',
          FlexibleTimeWindow: { Mode: 'OFF' },
          ActionAfterCompletion: 'DELETE',
          Target: {
            Arn: queueArn,
            RoleArn: roleArn,
            Input: JSON.stringify({ uploadId }),
            RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 },
          },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConflictException)) throw error;
    }
  }
}
