import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { Clock, EpochMs } from '../../shared/clock.ts';
import { type Batch, closedAtMs, uploadOfBatch } from '../../triggers/batches/batch.ts';
import type { BatchStore, ContactColumns, ContactMark } from '../../triggers/batches/ports.ts';
import { item, ttl } from './call-item.ts';
import { queryAll } from './query-all.ts';
import { readItem } from './read-item.ts';
import { contentionRules, transactContended } from './transact.ts';

/** Both begin alike, so that a role can be held to them. */
const keys = {
  mark: (keySha256: string) => ({ pk: `CONTACT#KEY#${keySha256}`, sk: 'KEY' }),
  contact: (uploadId: string, keySha256: string) => ({ pk: `CONTACT#UPLOAD#${uploadId}`, sk: keySha256 }),
} as const;

const ContactSchema = z.object({ columns: z.record(z.string(), z.string()) });
const MarkSchema = z.object({ uploadId: z.string(), requestSha256: z.string() });

/** Dead letters live 14 days: until then a batch that was given up can be moved back. */
const keptMs = 31 * 86_400_000;
/** A page is a megabyte: what one function's memory takes, and some 100,000 contacts. */
const pagesMax = 64;

/** More contacts than one upload of a batch takes. */
export class BatchTooLargeError extends Error {
  override readonly name = 'BatchTooLargeError';
  readonly code = 'batch-too-large';
}

/** Contacts that triggers asked for, in the table of campaigns: by upload, and by what makes each request the same one. */
export class DynamoContactBatches implements BatchStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #clock: Pick<Clock, 'nowMs'>;

  /** @param clock the world's: a batch closes by it */
  constructor(client: DynamoDBClient, table: string, clock: Pick<Clock, 'nowMs'>) {
    this.#client = client;
    this.#table = table;
    this.#clock = clock;
  }

  async add(batch: Batch, contact: ContactColumns, mark: ContactMark): ReturnType<BatchStore['add']> {
    const uploadId = uploadOfBatch(batch);
    const { keySha256, requestSha256, knownUntilMs } = mark;
    const put = (columns: object, untilMs: EpochMs) => ({
      TableName: this.#table,
      Item: item({ ...columns, ...ttl(untilMs) }),
    });
    const outcome = await transactContended(
      this.#client,
      () => [
        {
          Put: {
            ...put({ ...keys.mark(keySha256), uploadId, requestSha256 }, knownUntilMs),
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
        { Put: put({ ...keys.contact(uploadId, keySha256), columns: contact }, closedAtMs(batch) + keptMs) },
      ],
      async () => this.#clock.nowMs() > closedAtMs(batch) - 10_000,
      contentionRules,
    );
    if (outcome === 'written') return 'added';
    const known = outcome === 'over' ? undefined : outcome[0]?.Item;
    if (!known) throw new Error(`A contact of upload ${uploadId} could not be written.`);
    return readItem(MarkSchema, unmarshall(known), 'mark of a contact');
  }

  contactsOf(uploadId: string): Promise<readonly ContactColumns[]> {
    return queryAll(
      this.#client,
      {
        TableName: this.#table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :batch',
        ExpressionAttributeValues: { ':batch': { S: keys.contact(uploadId, '').pk } },
      },
      {
        read: (stored) => readItem(ContactSchema, unmarshall(stored), 'contact').columns,
        pagesMax,
        tooMany: () => new BatchTooLargeError(`Upload ${uploadId} has more than ${pagesMax} MB of contacts.`),
      },
    );
  }
}
