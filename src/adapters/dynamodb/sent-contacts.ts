import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { SentContact, SentContacts } from '../../campaigns/push-ports.ts';
import type { Clock, EpochMs } from '../../shared/clock.ts';
import { item, key, ttl } from './call-item.ts';
import { queryAll } from './query-all.ts';
import { readItem } from './read-item.ts';
import { groupsOf, untilProcessed } from './unprocessed.ts';
import { uploadKeys } from './upload-item.ts';

const dayMs = 86_400_000;
/** DynamoDB: items of one BatchWriteItem. */
const itemsPerWrite = 25;
/** A number stands in one list for each upload of the last 31 days; a page holds thousands of such items. */
const pagesMax = 10;

const ContactSchema = z.object({
  campaignId: z.string(),
  contactListId: z.string(),
  contactId: z.string(),
  sentMs: z.number(),
  untilMs: z.number(),
});

export interface SentContactsOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly clock: Clock;
  /** How long no other upload may send a number to a campaign again; 0: at once. */
  readonly repeatDaysOf: (campaignId: string) => number;
}

/**
 * Who was sent where. Of each number there is one item a contact, until its list expires, and one a campaign that says
 * which upload has it, until the campaign's repeat days are over.
 */
export class DynamoSentContacts implements SentContacts {
  readonly #options: SentContactsOptions;

  constructor(options: SentContactsOptions) {
    this.#options = options;
  }

  async remember(uploadId: string, contacts: readonly SentContact[]): Promise<ReadonlySet<string>> {
    const answers = await Promise.all(
      contacts.map(async (contact) => ({ contact, isOurs: await this.#take(uploadId, contact) })),
    );
    const ours = answers.filter(({ isOurs }) => isOurs).map(({ contact }) => contact);
    for (const group of groupsOf(ours, itemsPerWrite)) await this.#write(group);
    return new Set(answers.filter(({ isOurs }) => !isOurs).map(({ contact }) => contact.number));
  }

  async release(uploadId: string, contacts: readonly SentContact[]): Promise<void> {
    const { client, table } = this.#options;
    await Promise.all(
      contacts.map(async ({ number, campaignId }) => {
        try {
          await client.send(
            new DeleteItemCommand({
              TableName: table,
              Key: key(uploadKeys.taken(number, campaignId)),
              ConditionExpression: 'uploadId = :ours',
              ExpressionAttributeValues: { ':ours': { S: uploadId } },
            }),
          );
        } catch (error) {
          // Never taken, or taken by another upload since.
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
      }),
    );
  }

  async find(number: string, nowMs: EpochMs): Promise<readonly SentContact[]> {
    const { client, table } = this.#options;
    const found = await queryAll(
      client,
      {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :number AND begins_with(sk, :lists)',
        ExpressionAttributeValues: { ':number': { S: `NUMBER#${number}` }, ':lists': { S: 'LIST#' } },
      },
      {
        read: (stored) => ({ number, ...readItem(ContactSchema, unmarshall(stored), 'sent contact') }),
        pagesMax,
        tooMany: () => new Error(`A number stands in more than ${pagesMax} pages of lists.`),
      },
    );
    return found.filter(({ untilMs }) => untilMs > nowMs);
  }

  /** TTL removes items late, so that what is over is told by the time that the item itself states. */
  async #take(uploadId: string, { number, campaignId, sentMs }: SentContact): Promise<boolean> {
    const { client, table, repeatDaysOf } = this.#options;
    const days = repeatDaysOf(campaignId);
    if (days === 0) return true;
    const freeAtMs = sentMs + days * dayMs;
    try {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: item({ ...uploadKeys.taken(number, campaignId), uploadId, sentMs, freeAtMs, ...ttl(freeAtMs) }),
          ConditionExpression: 'attribute_not_exists(pk) OR uploadId = :ours OR freeAtMs <= :now',
          ExpressionAttributeValues: { ':ours': { S: uploadId }, ':now': { N: String(sentMs) } },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async #write(contacts: readonly SentContact[]): Promise<void> {
    const { client, table, clock } = this.#options;
    const byKey = new Map<string, WriteRequest>();
    for (const { number, ...contact } of contacts) {
      const keys = uploadKeys.contact(number, contact.contactListId, contact.contactId);
      byKey.set(`${keys.pk} ${keys.sk}`, {
        PutRequest: { Item: item({ ...keys, ...contact, ...ttl(contact.untilMs) }) },
      });
    }
    await untilProcessed([...byKey.values()], { table, clock }, async (pending) => {
      const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: pending } }));
      return UnprocessedItems?.[table] ?? [];
    });
  }
}
