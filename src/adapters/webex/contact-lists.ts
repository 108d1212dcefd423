import * as z from 'zod/mini';
import type { SendOptions, WebexAnswer, WebexClient } from './client.ts';
import { cleanWords } from './error-body.ts';
import { text } from './fields.ts';
import { defineOperation, type Operation, type OperationInput } from './operation.ts';
import { WebexError } from './webex-error.ts';

/** Webex: at most 10 contacts a request. */
export const CONTACTS_MAX = 10;

const Outcome = z.enum(['Success', 'Failure', 'Queued', 'Failed']);
/** A failure may come with a 2xx: the body decides. */
const OutcomeFields = {
  outcome: z.optional(Outcome),
  statusCode: z.optional(z.number()),
  summary: z.nullish(z.string()),
  error: z.nullish(z.object({ code: z.optional(z.string()), message: z.optional(z.string()) })),
};
const OutcomeSchema = z.object(OutcomeFields);

export const CreateContactListSchema = z.strictObject({
  supportedChannels: z.array(z.enum(['Voice', 'SMS', 'Email'])).check(z.minLength(1, 'must name a channel')),
  activationTimeLagMinutes: z.number().check(z.minimum(0)),
});

export const AddContactsSchema = z.strictObject({
  contacts: z
    .array(
      z.strictObject({
        contactAttributes: z
          .array(z.strictObject({ fieldName: text(200), value: z.string() }))
          .check(z.minLength(1, 'must hold a field'), z.maxLength(200, 'must hold at most 200 fields')),
      }),
    )
    .check(
      z.minLength(1, 'must hold a contact'),
      z.maxLength(CONTACTS_MAX, `must hold at most ${CONTACTS_MAX} contacts`),
    ),
});
export type Contact = Readonly<Record<string, string>>;

const ContactListSchema = z.object({
  contactListId: z.string(),
  contactListStatus: z.nullish(z.string()),
  /** Documented under two names. */
  contactListRecordCount: z.nullish(z.number()),
  contactListRecordProcessed: z.nullish(z.number()),
  contactListSource: z.nullish(z.string()),
});

export interface NewContactList {
  readonly channels: readonly ('Voice' | 'SMS' | 'Email')[];
  readonly activationLagMinutes: number;
}
const voiceAtOnce: NewContactList = { channels: ['Voice'], activationLagMinutes: 0 };

export interface ContactList {
  readonly contactListId: string;
  readonly status: string | undefined;
  readonly recordCount: number | undefined;
}

const PATH = '/v3/campaign-management/campaigns/{campaignId}';
const COMMON = { service: 'campaigns', tracking: false } as const;

export const createContactListOperation = defineOperation({
  ...COMMON,
  name: 'createContactList',
  method: 'POST',
  path: `${PATH}/contact-list`,
  repeatable: false,
  request: CreateContactListSchema,
  answer: z.object({ ...OutcomeFields, contactListId: z.optional(z.string().check(z.regex(/^\d+$/))) }),
});

export const addContactsOperation = defineOperation({
  ...COMMON,
  name: 'addContacts',
  method: 'POST',
  path: `${PATH}/contact-list/{contactListId}/contacts`,
  repeatable: false,
  request: AddContactsSchema,
  answer: OutcomeSchema,
});

export const closeContactOperation = defineOperation({
  ...COMMON,
  name: 'closeContact',
  method: 'PATCH',
  path: `${PATH}/contact-list/{contactListId}/contacts/{contactId}`,
  repeatable: true,
  request: z.strictObject({ contactStatus: z.literal('CLOSED') }),
  answer: OutcomeSchema,
});

export const expireContactListOperation = defineOperation({
  ...COMMON,
  name: 'expireContactList',
  method: 'PATCH',
  path: `${PATH}/contact-list/{contactListId}/status`,
  repeatable: true,
  request: z.strictObject({ contactListStatus: z.literal('EXPIRED') }),
  answer: OutcomeSchema,
});

export const listContactListsOperation = defineOperation({
  ...COMMON,
  name: 'listContactLists',
  method: 'GET',
  path: `${PATH}/contact-lists`,
  repeatable: true,
  answer: z.object({ ...OutcomeFields, contactLists: z.optional(z.array(ContactListSchema)) }),
});

/** The contact lists of one Webex campaign. Every method throws {WebexError}. */
export class WebexContactLists {
  readonly #client: WebexClient;
  readonly #campaignId: string;
  readonly #options: SendOptions;

  constructor(client: WebexClient, campaignId: string, options: SendOptions = { lane: 'uploads' }) {
    this.#client = client;
    this.#campaignId = campaignId;
    this.#options = options;
  }

  /** @returns its id, digits. */
  async create({ channels, activationLagMinutes }: NewContactList = voiceAtOnce): Promise<string> {
    const body = { supportedChannels: [...channels], activationTimeLagMinutes: activationLagMinutes };
    const { value, trackingId } = await this.#send(createContactListOperation, { path: this.#path(), body });
    if (value.contactListId !== undefined) return value.contactListId;
    throw new WebexError('answer-unreadable', 'createContactList was answered without an id', {
      operation: 'createContactList',
      processed: 'yes',
      trackingId,
    });
  }

  /** Queues 1 to 10 contacts; which of them Webex finds invalid shows only later, in the list's counts. */
  async add(contactListId: string, contacts: readonly Contact[]): Promise<void> {
    const body = {
      contacts: contacts.map((contact) => ({
        contactAttributes: Object.entries(contact).map(([fieldName, value]) => ({ fieldName, value })),
      })),
    };
    await this.#send(addContactsOperation, { path: this.#path({ contactListId }), body });
  }

  /** @param contactId the contact's customer or account unique id, or its phone number. */
  async close(contactListId: string, contactId: string): Promise<void> {
    await this.#send(closeContactOperation, {
      path: this.#path({ contactListId, contactId }),
      body: { contactStatus: 'CLOSED' },
    });
  }

  async expire(contactListId: string): Promise<void> {
    await this.#send(expireContactListOperation, {
      path: this.#path({ contactListId }),
      body: { contactListStatus: 'EXPIRED' },
    });
  }

  /** The lists made through the API. */
  async list(status?: 'Active' | 'Expired' | 'UploadFailed'): Promise<readonly ContactList[]> {
    const { value } = await this.#send(listContactListsOperation, {
      path: this.#path(),
      query: { status, source: 'API' },
    });
    return (value.contactLists ?? []).map((list) => ({
      contactListId: list.contactListId,
      status: list.contactListStatus ?? undefined,
      recordCount: list.contactListRecordCount ?? list.contactListRecordProcessed ?? undefined,
    }));
  }

  async #send<Body, Answer extends z.output<typeof OutcomeSchema>>(
    operation: Operation<Body, Answer>,
    input: OperationInput<Body>,
  ): Promise<WebexAnswer<Answer>> {
    const answer = await this.#client.send(operation, input, this.#options);
    const { outcome, statusCode = 0, error, summary } = answer.value;
    if (outcome !== 'Failure' && outcome !== 'Failed' && statusCode === 0) return answer;
    const words = cleanWords(error?.message ?? summary ?? 'no reason given');
    throw new WebexError(
      'rejected',
      `${operation.name} was answered ${answer.status} with outcome ${outcome ?? 'unknown'}: ${words}`,
      {
        operation: operation.name,
        processed: 'no',
        status: answer.status,
        words,
        webexCode: error?.code ?? String(statusCode),
        trackingId: answer.trackingId,
      },
    );
  }

  #path(more: Record<string, string> = {}): Record<string, string> {
    return { campaignId: this.#campaignId, ...more };
  }
}
