import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoRunStore } from '../../src/adapters/dynamodb/schedule-run-store.ts';
import { DynamoScheduleStore } from '../../src/adapters/dynamodb/schedule-store.ts';
import { EventBridgeRunBus } from '../../src/adapters/eventbridge/run-bus.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { reportRun } from '../../src/adapters/lambda/report-run.ts';
import { SchedulerScheduleTimers } from '../../src/adapters/scheduler/schedule-timers.ts';
import { SqsRunQueue } from '../../src/adapters/sqs/run-queue.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const observability = createObservability('keep-schedules', 'schedules');
const dynamo = new DynamoDBClient();

export const handler = createHandler({
  ...observability,
  schedules: new DynamoScheduleStore(dynamo, env.CAMPAIGNS_TABLE),
  runs: new DynamoRunStore(dynamo, env.CAMPAIGNS_TABLE),
  timers: new SchedulerScheduleTimers(new SchedulerClient({}), {
    groupName: env.SCHEDULE_GROUP,
    queueArn: env.RUN_QUEUE_ARN,
    deadLetterArn: env.DEAD_LETTERS_ARN,
    roleArn: env.SCHEDULE_ROLE_ARN,
  }),
  queue: new SqsRunQueue(new SQSClient({}), env.RUN_QUEUE_URL),
  bus: new EventBridgeRunBus(new EventBridgeClient({}), env.EVENT_BUS),
  onEnded: reportRun(observability),
  clock: createSystemClock(env.CLOCK_OFFSET_MS),
  organizationId: readBundledSettings(import.meta.url).organization.id,
});
