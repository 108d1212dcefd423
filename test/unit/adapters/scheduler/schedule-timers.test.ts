import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import { ConflictException, CreateScheduleCommand, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SchedulerScheduleTimers, timerName } from '../../../../src/adapters/scheduler/schedule-timers.ts';
import type { CampaignSchedule } from '../../../../src/campaigns/schedules/schedule.ts';

const schedule: CampaignSchedule = {
  campaignId: 'spring-offers',
  name: 'mornings',
  timing: { expression: 'cron(0 9 ? * MON-FRI *)', timeZone: 'America/New_York', sinceMs: 60_000 },
  source: { prefix: 'files/spring-offers/', take: 'all-new' },
  enabled: true,
  enabledSinceMs: 0,
  createdAtMs: 0,
  changedAtMs: 0,
  changedBy: 'operator:ada',
  version: 1,
};
const target = { groupName: 'schedules', queueArn: 'queue', deadLetterArn: 'dead', roleArn: 'role' };

/** What was sent; a timer that is there already conflicts. */
function start(isThere = false) {
  const sent: { readonly command: string; readonly input: Record<string, unknown> }[] = [];
  const client = {
    send: async (command: { readonly constructor: { readonly name: string }; readonly input: object }) => {
      sent.push({ command: command.constructor.name, input: { ...command.input } });
      if (isThere && command instanceof CreateScheduleCommand)
        throw new ConflictException({ Message: '', message: '', $metadata: {} });
      return {};
    },
  } as unknown as SchedulerClient;
  return { timers: new SchedulerScheduleTimers(client, target), sent };
}

describe('the timer of a schedule', () => {
  it('runs by expression and zone and sends the planned time to the queue of runs', async () => {
    const { timers, sent } = start();

    await timers.set(schedule, 120_000);

    expect(sent[0]?.input).toMatchObject({
      GroupName: 'schedules',
      ScheduleExpression: 'cron(0 9 ? * MON-FRI *)',
      ScheduleExpressionTimezone: 'America/New_York',
      State: 'ENABLED',
      Target: {
        Arn: 'queue',
        RoleArn: 'role',
        DeadLetterConfig: { Arn: 'dead' },
        Input:
          '{"campaign":"spring-offers","schedule":"mornings","timingMs":60000,"plannedAt":"<aws.scheduler.scheduled-time>"}',
      },
    });
    expect(sent[0]?.input).not.toHaveProperty('StartDate');
  });

  it('counts a rate from its first planned time, which a later change moves on', async () => {
    const { timers, sent } = start(true);

    await timers.set({ ...schedule, timing: { ...schedule.timing, expression: 'rate(1 hour)' } }, 3_660_000);

    expect(sent.map(({ command }) => command)).toEqual([CreateScheduleCommand.name, UpdateScheduleCommand.name]);
    expect(sent[1]?.input).toMatchObject({ StartDate: new Date(3_660_000) });
  });

  it.each([
    ['that is paused', { ...schedule, enabled: false }, 120_000],
    ['whose last year is over', schedule, undefined],
  ])('of a schedule %s is disabled', async (_which, given, firstMs) => {
    const { timers, sent } = start();

    await timers.set(given, firstMs);

    expect(sent[0]?.input).toMatchObject({ State: 'DISABLED' });
  });
});

describe('timerName', () => {
  const campaignId = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);
  const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,39}$/);

  it('is one that AWS takes, and another one for every campaign and schedule', () => {
    fc.assert(
      fc.property(campaignId, name, campaignId, name, (campaignA, nameA, campaignB, nameB) => {
        const [a, b] = [
          timerName({ campaignId: campaignA, name: nameA }),
          timerName({ campaignId: campaignB, name: nameB }),
        ];

        expect(a).toMatch(/^[0-9a-zA-Z_.-]{1,64}$/);
        expect(a === b).toBe(campaignA === campaignB && nameA === nameB);
      }),
    );
  });

  it('keeps apart what only the border between campaign and name tells apart', () => {
    expect(timerName({ campaignId: 'a-b', name: 'c' })).not.toBe(timerName({ campaignId: 'a', name: 'b-c' }));
  });
});
