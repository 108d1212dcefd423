import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoUploadLedger } from '../../src/adapters/dynamodb/upload-ledger.ts';
import { DynamoUploadStore } from '../../src/adapters/dynamodb/upload-store.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { createFunctionWebex } from '../../src/adapters/lambda/webex-client.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { findList } from '../../src/adapters/webex/contact-list-gateway.ts';
import { WebexContactLists } from '../../src/adapters/webex/contact-lists.ts';
import { WebexError } from '../../src/adapters/webex/webex-error.ts';
import type { ListSeen } from '../../src/campaigns/describe-upload.ts';
import { ListWatch } from '../../src/campaigns/list-watch.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const settings = readBundledSettings(import.meta.url);
const observability = createObservability('read-upload');
const clock = createSystemClock(env.CLOCK_OFFSET_MS);
const dynamo = new DynamoDBClient();
const keptMs = settings.retention.callDays * 86_400_000;
const webex = createFunctionWebex({ env, settings, dynamo, observability, clock, lane: 'outdials' });
/** A person waits for the answer, and can look again. */
const webexMsMax = 5_000;

async function ask(campaignId: string, contactListId: string): Promise<ListSeen | undefined> {
  const options = { lane: 'outdials', deadlineMs: clock.nowMs() + webexMsMax } as const;
  try {
    const list = await findList(new WebexContactLists(webex, campaignId, options), contactListId);
    return list && { status: list.status, count: list.recordCount };
  } catch (error) {
    // What Webex counts is one line of many; its log has the failure.
    if (error instanceof WebexError) return undefined;
    throw error;
  }
}

export const handler = createHandler({
  ...observability,
  ledger: new DynamoUploadLedger(dynamo, env.CAMPAIGNS_TABLE, keptMs),
  uploads: new DynamoUploadStore(dynamo, env.CAMPAIGNS_TABLE, keptMs),
  lists: new ListWatch({ ask, clock }),
  clock,
});
