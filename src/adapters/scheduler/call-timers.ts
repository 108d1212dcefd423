import type { CreateScheduleCommandInput, SchedulerClient } from '@aws-sdk/client-scheduler';
import type { DispatchCall } from '../../../events/dispatch-call/schema.ts';
import type { CallTimers } from '../../calls/ports.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { deleteEntry, putEntry } from './entries.ts';

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

  set(callId: string, atMs: EpochMs): Promise<void> {
    return putEntry(this.#client, this.#entry(callId, atMs));
  }

  clear(callId: string): Promise<void> {
    return deleteEntry(this.#client, this.#target.groupName, callId);
  }

  #entry(callId: string, atMs: EpochMs): CreateScheduleCommandInput {
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
