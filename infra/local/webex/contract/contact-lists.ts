import * as z from 'zod';
import { ContactListError, type OperationContract } from './common.ts';

/** OpenAPI, CreateContactRequest. */
export const CONTACTS_PER_REQUEST_MAX = 10;

const ActivationTime = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?Z?$/, 'must be a time such as 2026-11-24T18:47')
  .refine((text) => !Number.isNaN(Date.parse(text)), 'must be a time that exists');

export const CreateContactListRequest = z
  .strictObject({
    supportedChannels: z
      .array(z.enum(['Voice', 'SMS', 'Email'], 'must be Voice, SMS or Email'))
      .min(1, 'must not be empty'),
    activationTimeLagMinutes: z.int('must be a whole number').min(0, 'must not be negative').optional(),
    activationDateTime: ActivationTime.optional(),
  })
  .refine((list) => list.activationTimeLagMinutes !== undefined || list.activationDateTime !== undefined, {
    path: ['activationTimeLagMinutes'],
    message: 'or activationDateTime is required',
  });

/** `outcome` may be Failure with a 2xx; then `statusCode` is not 0 and `error` says why. */
const Outcome = {
  outcome: z.enum(['Success', 'Failure']),
  statusCode: z.int(),
  error: ContactListError.optional(),
};
const Queued = z.looseObject({
  outcome: z.enum(['Queued', 'Failed']),
  statusCode: z.int(),
  summary: z.string().optional(),
});

export const CreateContactListResponse = z.looseObject({
  ...Outcome,
  contactListId: z.string().regex(/^\d+$/).optional(),
});

export const CreateContactRequest = z.strictObject({
  contacts: z
    .array(
      z.strictObject({
        contactAttributes: z
          .array(z.strictObject({ fieldName: z.string().min(1, 'must not be empty'), value: z.string('must be text') }))
          .min(1, 'must not be empty'),
      }),
    )
    .min(1, 'must not be empty')
    .max(CONTACTS_PER_REQUEST_MAX, `must hold at most ${CONTACTS_PER_REQUEST_MAX} contacts`),
});

export const UpdateContactRequest = z.strictObject({ contactStatus: z.literal('CLOSED', 'must be CLOSED') });
export const UpdateContactListStatusRequest = z.strictObject({
  contactListStatus: z.string('is required').min(1, 'must not be empty'),
});

export const UpdateContactListStatusResponse = z.looseObject({ ...Outcome, summary: z.string().optional() });

export const GetContactListsQuery = z.strictObject({
  status: z.enum(['Active', 'Expired', 'UploadFailed'], 'must be Active, Expired or UploadFailed').optional(),
  source: z
    .enum(
      ['API', 'SFTP', 'ManualFile', 'GlobalUpload', 'GlobalSFTP'],
      'must be API, SFTP, ManualFile, GlobalUpload or GlobalSFTP',
    )
    .optional(),
});

/** The reference names the count once contactListRecordCount and once contactListRecordProcessed. */
export const GetContactListsResponse = z.looseObject({
  ...Outcome,
  contactLists: z
    .array(
      z.looseObject({
        contactListId: z.string(),
        contactListStatus: z.string(),
        contactListRecordCount: z.int().optional(),
        contactListRecordProcessed: z.int().optional(),
        contactListSource: z.string(),
        dateOfCreation: z.string(),
        dateOfActivation: z.string().optional(),
        dateOfExpiry: z.string().optional(),
      }),
    )
    .optional(),
});

const campaign = '/v3/campaign-management/campaigns/{campaignId}';
const list = `${campaign}/contact-list/{contactListId}`;
/** Only 400 is declared; the others are expected. */
const errors = {
  400: ContactListError,
  401: ContactListError,
  403: ContactListError,
  404: ContactListError,
  429: 'empty',
  500: ContactListError,
} as const;

export const contactListOperations = {
  contactListCreate: {
    method: 'POST',
    path: `${campaign}/contact-list`,
    contentType: 'application/json',
    body: CreateContactListRequest,
    trackingId: false,
    responses: { 201: CreateContactListResponse, ...errors },
  },
  contactsAdd: {
    method: 'POST',
    path: `${list}/contacts`,
    contentType: 'application/json',
    body: CreateContactRequest,
    trackingId: false,
    responses: { 202: Queued, ...errors },
  },
  contactUpdate: {
    method: 'PATCH',
    path: `${list}/contacts/{contactId}`,
    contentType: 'application/json',
    body: UpdateContactRequest,
    trackingId: false,
    responses: { 202: Queued, ...errors },
  },
  contactListStatus: {
    method: 'PATCH',
    path: `${list}/status`,
    contentType: 'application/json',
    body: UpdateContactListStatusRequest,
    trackingId: false,
    responses: { 200: UpdateContactListStatusResponse, ...errors },
  },
  contactListsGet: {
    method: 'GET',
    path: `${campaign}/contact-lists`,
    query: GetContactListsQuery,
    trackingId: false,
    responses: { 200: GetContactListsResponse, ...errors },
  },
} satisfies Record<string, OperationContract>;
