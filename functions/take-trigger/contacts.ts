import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoContactBatches } from '../../src/adapters/dynamodb/contact-batches.ts';
import { SqsBatchQueue } from '../../src/adapters/sqs/batch-queue.ts';
import type { Clock } from '../../src/shared/clock.ts';
import { BatchedContacts } from '../../src/triggers/batches/batched-contacts.ts';
import { type RowCheckSettings, RowChecks } from '../../src/triggers/batches/row-checks.ts';
import type { ContactAdder } from '../../src/triggers/ports.ts';

interface ContactsSettings {
  readonly dynamo: DynamoDBClient;
  readonly table: string;
  readonly queueUrl: string;
  readonly settings: RowCheckSettings;
  readonly clock: Clock;
  readonly worldClock: Clock;
}

/** In a chunk of its own: most organizations have no source that adds contacts. */
export const createContacts = (of: ContactsSettings): ContactAdder =>
  new BatchedContacts({
    store: new DynamoContactBatches(of.dynamo, of.table, of.worldClock),
    queue: new SqsBatchQueue(new SQSClient({}), of.queueUrl),
    checks: new RowChecks(of.settings),
    clock: of.clock,
    worldClock: of.worldClock,
  });
