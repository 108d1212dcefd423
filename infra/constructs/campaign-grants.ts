import type { Stack } from 'aws-cdk-lib';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { plansPrefix } from '../../src/campaigns/upload-objects.ts';
import { acknowledgeObjects } from './acknowledge.ts';
import type { CampaignStorage } from './campaign-storage.ts';
import { receiveFrom } from './queue-source.ts';
import type { RingbackFunction } from './ringback-function.ts';

/** What functions may do with uploads to campaigns: their records, files, plans and queues. */
export class CampaignGrants {
  readonly #stack: Stack;
  readonly #storage: CampaignStorage;

  constructor(stack: Stack, storage: CampaignStorage) {
    this.#stack = stack;
    this.#storage = storage;
  }

  /** Environment that every function of uploads reads. */
  get environment(): Record<string, string> {
    return { CAMPAIGNS_TABLE: this.#storage.table.tableName, CONTACT_FILES: this.#storage.files.bucketName };
  }

  /** Environment of who has uploads sent on. */
  get pushQueue(): Record<string, string> {
    return { PUSH_QUEUE_URL: this.#storage.pushes.queueUrl };
  }

  mayTable(fn: RingbackFunction, sid: string, actions: readonly string[], rarelyUsedBecause?: string): void {
    fn.grant({
      sid,
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [this.#storage.table.tableArn],
      ...(rarelyUsedBecause && { rarelyUsedBecause }),
    });
  }

  mayObjects(fn: RingbackFunction, sid: string, actions: readonly string[], prefix: string, why: string): void {
    const { files } = this.#storage;
    fn.grant({ sid, actions, resources: [files.arnForObjects(`${prefix}*`)] });
    acknowledgeObjects(fn, files, prefix, why);
  }

  mayWritePlans(fn: RingbackFunction, sid: string, actions: readonly string[]): void {
    const { files } = this.#storage;
    this.mayObjects(fn, sid, actions, plansPrefix, 'Each plan is named like its upload.');
    fn.grant({
      sid: 'GiveUpReport',
      actions: ['s3:AbortMultipartUpload'],
      resources: [files.arnForObjects(`${plansPrefix}*`)],
      rarelyUsedBecause: 'Only where a report of more than 5 MB cannot be written to its end.',
    });
  }

  maySend(fn: RingbackFunction, sid: string, queue: sqs.Queue): void {
    fn.grant({ sid, actions: ['sqs:SendMessage'], resources: [queue.queueArn] });
  }

  /** One message at a time: a plan or a stretch of sending fills a function's time. Two is the least that Lambda takes. */
  receive(fn: RingbackFunction, id: string, queue: sqs.Queue): void {
    receiveFrom(this.#stack, id, { fn, queue, sid: 'ReceiveMessages', batchSize: 1, maxConcurrency: 2 });
  }
}
