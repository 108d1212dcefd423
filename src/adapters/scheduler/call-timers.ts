import {
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  type SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import type { DispatchCall } from '../../../events/dispatch-call/schema.ts';
import type { CallTimers } from '../../calls/ports.ts';
import type { EpochMs } from '../../shared/clock.ts';

export interface CallTimersTarget {
  readonly groupName: string;
  readonly queueArn: string;
  /** The role under which EventBridge Scheduler sends to the queue. */
  readonly roleArn: string;
}

/** One EventBridge Scheduler entry a call, named like the call; it sends to the dispatch queue and deletes itself. */
export class SchedulerCallTimers implements CallTimers {
  readonly #client: SchedulerClient;
  readonly #target: CallTimersTarget;

  constructor(client: SchedulerClient, target: CallTimersTarget) {
    this.#client = client;
    this.#target = target;
  }

  async set(callId: string, atMs: EpochMs): Promise<void> {
    const schedule = this.#schedule(callId, atMs);
    try {
      await this.#client.send(new CreateScheduleCommand(schedule));
    } catch (error) {
      if (!(error instanceof ConflictException)) throw error;
      await this.#client.send(new UpdateScheduleCommand(schedule));
    }
  }

  async clear(callId: string): Promise<void> {
    try {
      await this.#client.send(new DeleteScheduleCommand({ Name: callId, GroupName: this.#target.groupName }));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  }

  #schedule(callId: string, atMs: EpochMs): ConstructorParameters<typeof CreateScheduleCommand>[0] {
    const message: DispatchCall = { callId };
    // Scheduler knows whole seconds; rounding up keeps the timer from ringing before the call is due.
    const at = new Date(Math.ceil(atMs / 1_000) * 1_000).toISOString().slice(0, 19);
    return {
      Name: callId,
      GroupName: this.#target.groupName,
      ScheduleExpression: `at(${at})`,
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: this.#target.queueArn,
        RoleArn: this.#target.roleArn,
        Input: JSON.stringify(message),
        RetryPolicy: { MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: 3_600 },
      },
    };
  }
}
