import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DeliverSchedule, type Scheduler, startScheduler } from '../../infra/local/services/scheduler.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:dispatch';
const DEAD_LETTERS = 'arn:aws:sqs:us-east-1:000000000000:dispatch-dead';
const ROLE = 'arn:aws:iam::000000000000:role/SchedulerRole';

let dataDir: string;
let service: Scheduler;
let client: SchedulerClient;
let nowMs: number;
let delivered: {
  readonly arn: string;
  readonly payload: string;
  readonly attempt: number;
  readonly deadLetter: unknown;
}[];
let deliver: DeliverSchedule;

const start = async (): Promise<void> => {
  service = await startScheduler({
    dataDir,
    region: 'us-east-1',
    accountId: '000000000000',
    clock: { nowMs: () => nowMs },
    deliver: (target, payload, context) => deliver(target, payload, context),
  });
  client = new SchedulerClient({
    region: 'us-east-1',
    endpoint: service.url.href,
    credentials: { accessKeyId: 'K', secretAccessKey: 's' },
    maxAttempts: 1,
  });
};
const record: DeliverSchedule = async (target, payload, { attempt, deadLetterAttributes }) => {
  delivered.push({ arn: target.Arn, payload, attempt, deadLetter: deadLetterAttributes });
};
const failing: DeliverSchedule = async (target, payload, context) => {
  await record(target, payload, context);
  throw new Error('the queue is away');
};
const at = (ms: number): string => `at(${new Date(ms).toISOString().slice(0, 19)})`;
const input = (more: Partial<CreateScheduleCommandInput> = {}): CreateScheduleCommandInput => ({
  Name: 'call-1',
  ScheduleExpression: at(nowMs + 60_000),
  FlexibleTimeWindow: { Mode: 'OFF' },
  ActionAfterCompletion: 'DELETE',
  Target: { Arn: QUEUE, RoleArn: ROLE, Input: '{"callId":"1"}' },
  ...more,
});
const create = (more: Partial<CreateScheduleCommandInput> = {}): Promise<unknown> =>
  client.send(new CreateScheduleCommand(input(more)));
const exists = (Name: string): Promise<boolean> =>
  client.send(new GetScheduleCommand({ Name })).then(
    () => true,
    () => false,
  );
const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no failure',
    (error: Error) => `${error.name}: ${error.message}`,
  );
const pass = async (ms: number): Promise<void> => {
  nowMs += ms;
  await service.wake();
};

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'scheduler-'));
  nowMs = Date.parse('2026-11-20T12:00:00Z');
  delivered = [];
  deliver = record;
  await start();
});
afterEach(async () => {
  await service.close();
  rmSync(dataDir, { recursive: true });
});

describe('schedules', () => {
  it('answers what was created', async () => {
    await create({ ScheduleExpressionTimezone: 'America/Los_Angeles', Description: 'a call' });

    const found = await client.send(new GetScheduleCommand({ Name: 'call-1' }));

    expect(found).toMatchObject({
      Arn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/call-1',
      Name: 'call-1',
      GroupName: 'default',
      State: 'ENABLED',
      ActionAfterCompletion: 'DELETE',
      ScheduleExpressionTimezone: 'America/Los_Angeles',
      Description: 'a call',
      CreationDate: new Date(nowMs),
      Target: { Arn: QUEUE, RoleArn: ROLE, Input: '{"callId":"1"}' },
    });
  });

  it('refuses a second schedule of the same name, but not the repeated request', async () => {
    await create({ ClientToken: 'token-1' });

    const failures = [
      await failureOf(create({ ClientToken: 'token-1' })),
      await failureOf(create({ ClientToken: 'token-2' })),
    ];

    expect(failures).toEqual(['no failure', 'ConflictException: Schedule call-1 already exists.']);
  });

  it('lists by pages, by group and by prefix', async () => {
    await client.send(new CreateScheduleGroupCommand({ Name: 'calls' }));
    await Promise.all([create({ Name: 'a1' }), create({ Name: 'a2' }), create({ Name: 'b1', GroupName: 'calls' })]);
    const names = async (query: object): Promise<readonly (string | undefined)[]> =>
      ((await client.send(new ListSchedulesCommand(query))).Schedules ?? []).map(({ Name }) => Name);

    const { NextToken, Schedules } = await client.send(new ListSchedulesCommand({ MaxResults: 2 }));

    expect(Schedules?.map(({ Name }) => Name)).toEqual(['b1', 'a1']);
    expect(await names({ NextToken })).toEqual(['a2']);
    expect(await names({ GroupName: 'calls' })).toEqual(['b1']);
    expect(await names({ NamePrefix: 'a' })).toEqual(['a1', 'a2']);
  });

  it.each<[string, () => Partial<CreateScheduleCommandInput>, RegExp]>([
    ['a name with a blank', () => ({ Name: 'call 1' }), /^ValidationException: Name/],
    ['a name of 65 characters', () => ({ Name: 'x'.repeat(65) }), /^ValidationException: Name/],
    ['a group that is not there', () => ({ GroupName: 'none' }), /^ResourceNotFoundException: Schedule group none/],
    ['a time in the past', () => ({ ScheduleExpression: at(nowMs - 1000) }), /^ValidationException: .*past/],
    [
      'a broken expression',
      () => ({ ScheduleExpression: 'every day' }),
      /^ValidationException: Invalid Schedule Expression/,
    ],
    [
      'a time zone that is none',
      () => ({ ScheduleExpressionTimezone: 'Mars/Base' }),
      /^ValidationException: ScheduleExpressionTimezone/,
    ],
    [
      'a flexible window',
      () => ({ FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 } }),
      /^ValidationException: FlexibleTimeWindow/,
    ],
    [
      'another kind of target',
      () => ({ Target: { Arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:x', RoleArn: ROLE } }),
      /^ValidationException: Target\.Arn/,
    ],
    [
      'a role that is none',
      () => ({ Target: { Arn: QUEUE, RoleArn: 'role' } }),
      /^ValidationException: Target\.RoleArn/,
    ],
    [
      'too many retries',
      () => ({ Target: { Arn: QUEUE, RoleArn: ROLE, RetryPolicy: { MaximumRetryAttempts: 186 } } }),
      /^ValidationException: Target\.RetryPolicy/,
    ],
    [
      'a FIFO queue without a group',
      () => ({ Target: { Arn: `${QUEUE}.fifo`, RoleArn: ROLE } }),
      /^ValidationException: .*MessageGroupId/,
    ],
    [
      'an end before the start',
      () => ({ ScheduleExpression: 'rate(1 day)', StartDate: new Date(nowMs + 2000), EndDate: new Date(nowMs + 1000) }),
      /^ValidationException: EndDate/,
    ],
    [
      'a start that is long ago',
      () => ({ ScheduleExpression: 'rate(1 day)', StartDate: new Date(nowMs - 301_000) }),
      /^ValidationException: The StartDate you specify cannot be earlier than 5 minutes ago/,
    ],
    [
      'an input that is too long',
      () => ({ Target: { Arn: QUEUE, RoleArn: ROLE, Input: 'x'.repeat(262_145) } }),
      /^ValidationException: Target\.Input/,
    ],
  ])('refuses %s', async (_name, more, expected) => {
    const failure = await failureOf(create(more()));

    expect(failure).toMatch(expected);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['read', () => client.send(new GetScheduleCommand({ Name: 'none' }))],
    ['deleted', () => client.send(new DeleteScheduleCommand({ Name: 'none' }))],
    ['changed', () => client.send(new UpdateScheduleCommand(input({ Name: 'none' })))],
  ])('one that is not there cannot be %s', async (_name, work) => {
    const failure = await failureOf(work());

    expect(failure).toBe('ResourceNotFoundException: Schedule none does not exist.');
  });

  it('makes a schedule of the template once and keeps its next run', async () => {
    const definition = {
      ScheduleExpression: 'rate(1 hour)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: QUEUE, RoleArn: ROLE },
    };
    service.ensureSchedule('every-hour', definition);
    await pass(0);

    nowMs += 60_000;
    service.ensureSchedule('every-hour', {
      Target: definition.Target,
      FlexibleTimeWindow: { Mode: 'OFF' },
      ScheduleExpression: 'rate(1 hour)',
    });
    await pass(0);

    expect(delivered).toHaveLength(1);
  });
});

describe('delivery', () => {
  it('delivers at the time, not before, and forgets the schedule when it asked for that', async () => {
    await create();

    await pass(59_999);
    const early = delivered.length;
    await pass(1);

    expect(early).toBe(0);
    expect(delivered).toEqual([{ arn: QUEUE, payload: '{"callId":"1"}', attempt: 1, deadLetter: undefined }]);
    expect(await exists('call-1')).toBe(false);
  });

  it('delivers by itself when the time has come', async () => {
    await service.close();
    service = await startScheduler({ dataDir, region: 'us-east-1', accountId: '000000000000', deliver: record });
    service.ensureSchedule('soon', {
      ...input(),
      Name: undefined,
      ScheduleExpression: at(Date.now() + 1000),
    });

    await expect.poll(() => delivered.length, { timeout: 3000 }).toBe(1);
  });

  it('keeps a one-time schedule without that wish, and never runs it again', async () => {
    await create({ ActionAfterCompletion: 'NONE' });

    await pass(60_000);
    await pass(86_400_000);

    expect(delivered).toHaveLength(1);
    expect(await exists('call-1')).toBe(true);
  });

  it('delivers late, after a restart, what was due meanwhile', async () => {
    await create();
    await service.close();

    nowMs += 3_600_000;
    await start();
    await service.wake();

    expect(delivered.map(({ payload }) => payload)).toEqual(['{"callId":"1"}']);
  });

  it('delivers again, after a restart, what was not yet settled', async () => {
    deliver = async (target, payload, context) => {
      await record(target, payload, context);
      await new Promise(() => undefined);
    };
    await create();
    nowMs += 60_000;
    void service.wake();
    await expect.poll(() => delivered.length).toBe(1);
    await service.close();

    deliver = record;
    await start();
    await service.wake();

    expect(delivered).toHaveLength(2);
    expect(await exists('call-1')).toBe(false);
  });

  it('runs a rate once for all that it missed, then in step', async () => {
    await create({ ScheduleExpression: 'rate(5 minutes)', ActionAfterCompletion: 'NONE' });
    await pass(0);
    await service.close();

    nowMs += 17 * 60_000;
    await start();
    await service.wake();
    const late = delivered.length;
    await pass(3 * 60_000);

    expect([late, delivered.length]).toEqual([2, 3]);
  });

  it('keeps to the start and the end date', async () => {
    await create({
      ScheduleExpression: 'rate(1 minute)',
      StartDate: new Date(nowMs + 120_000),
      EndDate: new Date(nowMs + 180_000),
    });

    const counts: number[] = [];
    for (let minute = 0; minute < 5; minute += 1) {
      await pass(60_000);
      counts.push(delivered.length);
    }

    expect(counts).toEqual([0, 1, 2, 2, 2]);
    expect(await exists('call-1')).toBe(false);
  });

  it('does not run what is disabled, until it is enabled', async () => {
    await create({ State: 'DISABLED', ScheduleExpression: at(nowMs + 120_000) });
    await pass(60_000);

    await client.send(new UpdateScheduleCommand(input({ ScheduleExpression: at(nowMs + 60_000), State: 'ENABLED' })));
    await pass(60_000);

    expect(delivered).toHaveLength(1);
  });

  it('does not run what was deleted', async () => {
    await create();

    await client.send(new DeleteScheduleCommand({ Name: 'call-1' }));
    await pass(60_000);

    expect(delivered).toEqual([]);
  });

  it('tries again with growing pauses until it is delivered', async () => {
    deliver = failing;
    await create();
    await pass(60_000);
    await pass(999);
    await pass(1);
    deliver = record;
    await pass(2000);

    expect(delivered.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(await exists('call-1')).toBe(false);
  });

  it('gives up after the retries of its policy and tells the dead-letter queue', async () => {
    deliver = async (target, payload, context) => {
      await record(target, payload, context);
      if (target.Arn === QUEUE) {
        throw new Error('the queue is away');
      }
    };
    await create({
      Target: {
        Arn: QUEUE,
        RoleArn: ROLE,
        Input: 'x',
        RetryPolicy: { MaximumRetryAttempts: 1 },
        DeadLetterConfig: { Arn: DEAD_LETTERS },
      },
    });

    await pass(60_000);
    await pass(1000);
    await pass(86_400_000);

    expect(delivered.map(({ arn }) => arn)).toEqual([QUEUE, QUEUE, DEAD_LETTERS]);
    expect(delivered.at(-1)?.deadLetter).toMatchObject({
      EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
      RETRY_ATTEMPTS: '1',
      ERROR_MESSAGE: 'the queue is away',
      TARGET_ARN: QUEUE,
    });
  });

  it('gives up when the event is too old', async () => {
    deliver = failing;
    await create({ Target: { Arn: QUEUE, RoleArn: ROLE, RetryPolicy: { MaximumEventAgeInSeconds: 60 } } });

    await pass(60_000);
    for (let second = 0; second < 200; second += 1) {
      await pass(1000);
    }

    expect(delivered.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('loses nothing when the dead-letter queue is away too', async () => {
    deliver = failing;
    await create({
      Target: {
        Arn: QUEUE,
        RoleArn: ROLE,
        RetryPolicy: { MaximumRetryAttempts: 0 },
        DeadLetterConfig: { Arn: DEAD_LETTERS },
      },
    });
    await pass(60_000);

    deliver = record;
    await pass(60_000);

    expect(delivered.map(({ arn }) => arn)).toEqual([QUEUE, DEAD_LETTERS, QUEUE]);
  });

  it('fills in what the input asks for', async () => {
    await create({
      Target: {
        Arn: QUEUE,
        RoleArn: ROLE,
        Input:
          '<aws.scheduler.schedule-arn> <aws.scheduler.scheduled-time> <aws.scheduler.attempt-number> <aws.scheduler.other>',
      },
    });

    await pass(90_000);

    expect(delivered[0]?.payload).toBe(
      'arn:aws:scheduler:us-east-1:000000000000:schedule/default/call-1 2026-11-20T12:01:00Z 1 <aws.scheduler.other>',
    );
  });

  it('sends an event of its own without an input', async () => {
    await create({ Target: { Arn: QUEUE, RoleArn: ROLE } });

    await pass(60_000);

    expect(JSON.parse(delivered[0]?.payload ?? '')).toMatchObject({
      source: 'aws.scheduler',
      'detail-type': 'Scheduled Event',
      time: '2026-11-20T12:01:00Z',
    });
  });

  it('delivers hundreds that are due together', async () => {
    await Promise.all(Array.from({ length: 120 }, (_, index) => create({ Name: `call-${index}` })));

    nowMs += 60_000;
    await service.wake();

    await expect.poll(() => delivered.length).toBe(120);
  });
});
