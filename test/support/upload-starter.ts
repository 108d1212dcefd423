import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { DynamoUploadLedger } from '../../src/adapters/dynamodb/upload-ledger.ts';
import { SqsPlanQueue } from '../../src/adapters/sqs/upload-queues.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import type { StartUploadDeps } from '../../src/campaigns/start-upload.ts';
import type { HostedStack } from './hosted-stack.ts';

/** What a schedule or a trigger starts uploads with. */
export async function uploadStarter(stack: HostedStack, settings: StartUploadDeps['settings']) {
  const { TableNames = [] } = await stack.dynamo.send(new ListTablesCommand({}));
  const { QueueUrls = [] } = await stack.sqs.send(new ListQueuesCommand({}));
  const table = TableNames.find((name) => name.includes('Campaigns')) ?? '';
  const queue = QueueUrls.find((url) => url.endsWith('Campaigns-Plans')) ?? '';
  return {
    ledger: new DynamoUploadLedger(stack.dynamo, table, 86_400_000),
    plans: new SqsPlanQueue(stack.sqs, queue),
    clock: createSystemClock(),
    settings,
  };
}
