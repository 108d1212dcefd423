import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoSentContacts } from '../../src/adapters/dynamodb/sent-contacts.ts';
import { DynamoSuppressionStore } from '../../src/adapters/dynamodb/suppression-store.ts';
import { parseEnv } from '../../src/adapters/lambda/env.ts';
import { createObservability } from '../../src/adapters/lambda/observability.ts';
import { createFunctionWebex } from '../../src/adapters/lambda/webex-client.ts';
import { readBundledSettings } from '../../src/adapters/system/bundled-settings.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { createContactListGateway } from '../../src/adapters/webex/contact-list-gateway.ts';
import { WebexContactLists } from '../../src/adapters/webex/contact-lists.ts';
import { WebexDnc } from '../../src/adapters/webex/dnc-list.ts';
import { WebexScheduledCallbacks } from '../../src/adapters/webex/scheduled-callbacks.ts';
import { closeSuppressed } from '../../src/campaigns/close-suppressed.ts';
import { campaignSettings } from '../../src/campaigns/upload-settings.ts';
import { EnvSchema } from './env.ts';
import { createHandler } from './handler.ts';

const env = parseEnv(EnvSchema, process.env);
const settings = readBundledSettings(import.meta.url);
const observability = createObservability('propagate-suppression');
const clock = createSystemClock(env.CLOCK_OFFSET_MS);
const dynamo = new DynamoDBClient();
// Behind callbacks, because our own list keeps the number from being called already; before uploads, which may be endless.
const lane = 'outdials';
const webex = createFunctionWebex({ env, settings, dynamo, observability, clock, lane });
const closing = {
  sent: new DynamoSentContacts({
    client: dynamo,
    table: env.CAMPAIGNS_TABLE,
    clock,
    repeatDaysOf: (campaignId) => campaignSettings(settings.uploads, campaignId).repeatDays,
  }),
  lists: (campaignId: string) => createContactListGateway(new WebexContactLists(webex, campaignId, { lane })),
  clock,
};

export const handler = createHandler({
  ...observability,
  suppressions: new DynamoSuppressionStore(dynamo, env.SUPPRESSIONS_TABLE),
  webexLists: settings.webex.dncLists.map((name) => new WebexDnc(webex, name)),
  scheduledCallbacks: new WebexScheduledCallbacks(webex),
  closeContacts: (number) => closeSuppressed(closing, number),
});
