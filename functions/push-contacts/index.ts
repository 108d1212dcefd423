import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoNumberLists } from '../../src/adapters/dynamodb/number-lists.ts';
import { DynamoSentContacts } from '../../src/adapters/dynamodb/sent-contacts.ts';
import { DynamoUploadLedger } from '../../src/adapters/dynamodb/upload-ledger.ts';
import { DynamoUploadStore } from '../../src/adapters/dynamodb/upload-store.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { createFunctionWebex } from '../../src/adapters/lambda/webex-client.ts';
import { S3PlannedChunks } from '../../src/adapters/s3/planned-chunks.ts';
import type { ListTimers } from '../../src/adapters/scheduler/list-timers.ts';
import { SqsPushQueue } from '../../src/adapters/sqs/upload-queues.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { createContactListGateway } from '../../src/adapters/webex/contact-list-gateway.ts';
import { WebexContactLists } from '../../src/adapters/webex/contact-lists.ts';
import { WebexError } from '../../src/adapters/webex/webex-error.ts';
import { BudgetInTurn } from '../../src/campaigns/budget-in-turn.ts';
import { campaignSettings } from '../../src/campaigns/upload-settings.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const settings = readBundledSettings(import.meta.url);
const observability = createObservability('push-contacts');
const clock = createSystemClock(env.CLOCK_OFFSET_MS);
const dynamo = new DynamoDBClient();
const keptMs = settings.retention.callDays * 86_400_000;
const webex = createFunctionWebex({
  env,
  settings,
  dynamo,
  observability,
  clock,
  lane: 'uploads',
  throughBudget: (budget) => new BudgetInTurn(budget, clock),
});

/** Loaded with the first list that is made: most stretches of sending make none. */
async function listTimers(): Promise<ListTimers> {
  const [{ SchedulerClient }, { SchedulerListTimers }] = await Promise.all([
    import('@aws-sdk/client-scheduler'),
    import('../../src/adapters/scheduler/list-timers.ts'),
  ]);
  return new SchedulerListTimers(new SchedulerClient({}), {
    groupName: env.LIST_TIMER_GROUP,
    queueArn: env.PUSH_QUEUE_ARN,
    roleArn: env.LIST_TIMER_ROLE_ARN,
  });
}

export const handler = createHandler({
  ...observability,
  ledger: new DynamoUploadLedger(dynamo, env.CAMPAIGNS_TABLE, keptMs),
  uploads: new DynamoUploadStore(dynamo, env.CAMPAIGNS_TABLE, keptMs),
  chunks: new S3PlannedChunks({ client: new S3Client(), bucket: env.CONTACT_FILES }),
  sent: new DynamoSentContacts({
    client: dynamo,
    table: env.CAMPAIGNS_TABLE,
    clock,
    repeatDaysOf: (campaignId) => campaignSettings(settings.uploads, campaignId).repeatDays,
  }),
  suppressed: new DynamoNumberLists(dynamo, clock, { isConsistent: true }).internal(env.SUPPRESSIONS_TABLE),
  listsOf: (campaignId) => createContactListGateway(new WebexContactLists(webex, campaignId, { lane: 'uploads' })),
  pushes: new SqsPushQueue(new SQSClient({}), env.PUSH_QUEUE_URL),
  timers: { set: async (uploadId, atMs) => (await listTimers()).set(uploadId, atMs) },
  settings: { settleMs: settings.webex.settleMinutes * 60_000 },
  isOutage: (error) => error instanceof WebexError,
  clock,
});
