import { Duration, type Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { campaignFilesPrefix } from '../../src/campaigns/upload-objects.ts';
import { acknowledgeWildcard } from '../constructs/acknowledge.ts';
import type { PublicApi } from '../constructs/public-api.ts';
import { receiveFrom } from '../constructs/queue-source.ts';
import { type RingbackFunction, grantReasonsKey } from '../constructs/ringback-function.ts';
import { runTimeLimit } from '../constructs/schedule-queue.ts';
import type { DefineFunction } from './list-functions.ts';
import type { StatefulStack } from './stateful-stack.ts';

export interface ScheduleFunctionsProps {
  readonly api: PublicApi;
  readonly stateful: StatefulStack;
  readonly define: DefineFunction;
}

/** Where a campaign's schedule stands in the API. */
const schedulePath = '/v1/campaigns/{id}/schedules/{name}';

/** The functions that upload contact files by schedule. */
export function addScheduleFunctions(stack: Stack, props: ScheduleFunctionsProps): void {
  const keepSchedules = defineKeepSchedules(stack, props);
  const { api } = props;
  api.route('GET /v1/campaigns/{id}/schedules', 'operator', keepSchedules);
  api.route(`PUT ${schedulePath}`, 'operator', keepSchedules);
  api.route(`GET ${schedulePath}`, 'operator', keepSchedules);
  api.route(`DELETE ${schedulePath}`, 'operator', keepSchedules);
  api.route(`POST ${schedulePath}/pause`, 'operator', keepSchedules);
  api.route(`POST ${schedulePath}/resume`, 'operator', keepSchedules);
  api.route(`POST ${schedulePath}/run`, 'operator', keepSchedules);
  api.route(`GET ${schedulePath}/runs`, 'operator', keepSchedules);
  defineRunSchedule(stack, props);
}

function defineKeepSchedules(stack: Stack, { stateful, define }: ScheduleFunctionsProps): RingbackFunction {
  const { campaigns, scheduleRuns, deadLetters, events } = stateful;
  const group = new scheduler.CfnScheduleGroup(stack, 'Schedules');
  const role = timerRole(stack, stateful);
  const fn = define('keep-schedules', {
    description: 'Keeps the schedules of campaigns and their timers.',
    timeout: Duration.seconds(25),
    environment: {
      CAMPAIGNS_TABLE: campaigns.table.tableName,
      RUN_QUEUE_URL: scheduleRuns.queueUrl,
      RUN_QUEUE_ARN: scheduleRuns.queueArn,
      DEAD_LETTERS_ARN: deadLetters.queueArn,
      SCHEDULE_GROUP: group.ref,
      SCHEDULE_ROLE_ARN: role.roleArn,
      EVENT_BUS: events.eventBusName,
    },
  });
  keepScheduleItems(fn, stateful, ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query']);
  fn.grant({ sid: 'AskRun', actions: ['sqs:SendMessage'], resources: [scheduleRuns.queueArn] });
  fn.grant({ sid: 'TellBus', actions: ['events:PutEvents'], resources: [events.eventBusArn] });
  fn.grant({
    sid: 'SetTimers',
    actions: ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'],
    resources: [stack.formatArn({ service: 'scheduler', resource: 'schedule', resourceName: `${group.ref}/*` })],
  });
  fn.grant({ sid: 'PassTimerRole', actions: ['iam:PassRole'], resources: [role.roleArn] });
  acknowledgeWildcard(
    fn,
    `Resource::arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/<${stack.getLogicalId(group)}>/*`,
    'One timer a schedule in a group of its own: operators name their schedules.',
  );
  return fn;
}

/** What EventBridge Scheduler acts under: it starts runs, and gives up those that it cannot start. */
function timerRole(stack: Stack, { scheduleRuns, deadLetters }: StatefulStack): iam.Role {
  const role = new iam.Role(stack, 'ScheduleTimerRole', {
    assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  });
  role.addToPolicy(
    new iam.PolicyStatement({ sid: 'StartRun', actions: ['sqs:SendMessage'], resources: [scheduleRuns.queueArn] }),
  );
  role.addToPolicy(
    new iam.PolicyStatement({ sid: 'GiveUpRun', actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }),
  );
  const reasons = { GiveUpRun: 'Only where the queue of runs could not be reached for an hour.' };
  (role.node.defaultChild as iam.CfnRole).addMetadata(grantReasonsKey, reasons);
  return role;
}

function defineRunSchedule(stack: Stack, { stateful, define }: ScheduleFunctionsProps): void {
  const { campaigns, scheduleRuns, events } = stateful;
  const { table, files, plans } = campaigns;
  const fn = define('run-schedule', {
    description: 'Runs a schedule: gives the new files of a campaign to uploads.',
    timeout: runTimeLimit,
    environment: {
      CAMPAIGNS_TABLE: table.tableName,
      CONTACT_FILES: files.bucketName,
      PLAN_QUEUE_URL: plans.queueUrl,
      EVENT_BUS: events.eventBusName,
    },
  });
  keepScheduleItems(fn, stateful, ['GetItem', 'PutItem', 'UpdateItem', 'Query']);
  fn.grant({
    sid: 'TakeFiles',
    actions: ['dynamodb:BatchGetItem', 'dynamodb:PutItem'],
    resources: [table.tableArn],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'FILE#*' } },
  });
  fn.grant({
    sid: 'StartUploads',
    actions: ['dynamodb:PutItem'],
    resources: [table.tableArn],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'UPLOAD#*' } },
  });
  fn.grant({
    sid: 'ListFiles',
    actions: ['s3:ListBucket'],
    resources: [files.bucketArn],
    conditions: { StringLike: { 's3:prefix': `${campaignFilesPrefix}*` } },
  });
  fn.grant({ sid: 'QueuePlans', actions: ['sqs:SendMessage'], resources: [plans.queueArn] });
  fn.grant({ sid: 'TellBus', actions: ['events:PutEvents'], resources: [events.eventBusArn] });
  receiveFrom(stack, 'ScheduleRuns', { fn, queue: scheduleRuns, sid: 'ReceiveRuns', batchSize: 1, maxConcurrency: 5 });
}

/** Schedules and their runs, and nothing else of the Campaigns table. */
function keepScheduleItems(fn: RingbackFunction, { campaigns }: StatefulStack, actions: readonly string[]): void {
  fn.grant({
    sid: 'KeepSchedules',
    actions: actions.map((action) => `dynamodb:${action}`),
    resources: [campaigns.table.tableArn],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'SCHEDULE*' } },
  });
}
