import type { Construct } from 'constructs';
import { linkedFilesPrefix } from '../../src/campaigns/upload-objects.ts';
import { acknowledgeObjects } from '../constructs/acknowledge.ts';
import { gatherContactsTimeLimit } from '../constructs/integrations.ts';
import { receiveFrom } from '../constructs/queue-source.ts';
import type { RingbackFunction } from '../constructs/ringback-function.ts';
import type { DefineFunction } from './list-functions.ts';
import type { StatefulStack } from './stateful-stack.ts';

export interface ContactBatchesProps {
  readonly stateful: StatefulStack;
  readonly define: DefineFunction;
}

/** The way of contacts that triggers ask for: gathered in the table of campaigns, and uploaded by the function here. */
export class ContactBatches {
  readonly #stateful: StatefulStack;

  constructor(scope: Construct, { stateful, define }: ContactBatchesProps) {
    this.#stateful = stateful;
    const { campaigns, integrations } = stateful;
    const { table, files } = campaigns;
    const fn = define('gather-contacts', {
      description: 'Has the contacts uploaded that triggers asked for within a stretch of time.',
      timeout: gatherContactsTimeLimit,
      memorySize: 1_024,
      environment: { ...this.environment, CONTACT_FILES: files.bucketName },
    });
    fn.grant({
      sid: 'ReadBatch',
      actions: ['dynamodb:Query'],
      resources: [table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'CONTACT#UPLOAD#*' } },
    });
    fn.grant({
      sid: 'AddUpload',
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      resources: [table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'UPLOAD#*' } },
    });
    fn.grant({
      sid: 'TakeFiles',
      actions: ['s3:PutObject'],
      resources: [files.arnForObjects(`${linkedFilesPrefix}*`)],
    });
    acknowledgeObjects(fn, files, linkedFilesPrefix, 'Each file is named like its upload.');
    fn.grant({
      sid: 'WaitOn',
      actions: ['sqs:SendMessage'],
      resources: [integrations.batches.queueArn],
      rarelyUsedBecause: 'Only for a message that comes before its batch is closed.',
    });
    receiveFrom(scope, 'BatchesToUpload', {
      fn,
      queue: integrations.batches,
      sid: 'ReceiveBatches',
      batchSize: 1,
      maxConcurrency: 2,
    });
  }

  get environment(): Record<string, string> {
    const { campaigns, integrations } = this.#stateful;
    return { CAMPAIGNS_TABLE: campaigns.table.tableName, BATCH_QUEUE_URL: integrations.batches.queueUrl };
  }

  /** Lets the function that takes triggers add contacts to a batch. */
  addFrom(fn: RingbackFunction): void {
    const { campaigns, integrations } = this.#stateful;
    fn.grant({
      sid: 'AddContacts',
      actions: ['dynamodb:PutItem'],
      resources: [campaigns.table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'CONTACT#*' } },
    });
    fn.grant({ sid: 'CallForUpload', actions: ['sqs:SendMessage'], resources: [integrations.batches.queueArn] });
  }
}
