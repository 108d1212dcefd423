import type { CreateScheduleCommandInput, SchedulerClient } from '@aws-sdk/client-scheduler';
import type { ScheduleKey, ScheduleTimers } from '../../campaigns/schedules/ports.ts';
import type { CampaignSchedule } from '../../campaigns/schedules/schedule.ts';
import type { EpochMs } from '../../shared/clock.ts';
import { sha256 } from '../../shared/digest.ts';
import { deleteEntry, putEntry } from './entries.ts';

export interface ScheduleTimersTarget {
  readonly groupName: string;
  readonly queueArn: string;
  readonly deadLetterArn: string;
  /** The role under which EventBridge Scheduler sends to the queues. */
  readonly roleArn: string;
}

/** AWS: filled in with the planned time of each run, the same at every try of it. */
const plannedTime = '<aws.scheduler.scheduled-time>';

/** One recurring EventBridge Scheduler entry a schedule; it sends to the queue of runs. */
export class SchedulerScheduleTimers implements ScheduleTimers {
  readonly #client: SchedulerClient;
  readonly #target: ScheduleTimersTarget;

  constructor(client: SchedulerClient, target: ScheduleTimersTarget) {
    this.#client = client;
    this.#target = target;
  }

  set(schedule: CampaignSchedule, firstMs: EpochMs | undefined): Promise<void> {
    return putEntry(this.#client, this.#entry(schedule, firstMs));
  }

  clear(key: ScheduleKey): Promise<void> {
    return deleteEntry(this.#client, this.#target.groupName, timerName(key));
  }

  #entry(schedule: CampaignSchedule, firstMs: EpochMs | undefined): CreateScheduleCommandInput {
    const { campaignId, name, timing, enabled } = schedule;
    const { groupName, queueArn, deadLetterArn, roleArn } = this.#target;
    const message = { campaign: campaignId, schedule: name, timingMs: timing.sinceMs, plannedAt: plannedTime };
    // A rate counts from its start, which must not lie in the past; the times of cron are what they are.
    const isRate = timing.expression.startsWith('rate(');
    return {
      Name: timerName(schedule),
      GroupName: groupName,
      ScheduleExpression: timing.expression,
      ScheduleExpressionTimezone: timing.timeZone,
      ...(isRate && firstMs !== undefined && { StartDate: new Date(firstMs) }),
      State: enabled && firstMs !== undefined ? 'ENABLED' : 'DISABLED',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: queueArn,
        RoleArn: roleArn,
        Input: JSON.stringify(message),
        DeadLetterConfig: { Arn: deadLetterArn },
        // A run that begins more than an hour late is missed anyway.
        RetryPolicy: { MaximumRetryAttempts: 30, MaximumEventAgeInSeconds: 3_600 },
      },
    };
  }
}

/** AWS takes 64 characters; 128 bits of a digest keep two schedules apart, and the name shows which one it is. */
export const timerName = ({ campaignId, name }: ScheduleKey): string =>
  `${name.slice(0, 31)}-${sha256(JSON.stringify([campaignId, name])).slice(0, 32)}`;
