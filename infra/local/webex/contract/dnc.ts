import * as z from 'zod';
import { DncError, E164_PATTERN, type OperationContract } from './common.ts';

export const DNC_LIST_NAME_PATTERN = /^[a-zA-Z0-9_-]{1,100}$/;

export const DncEntryRequest = z.strictObject({
  phoneNumber: z.string('is required').regex(E164_PATTERN, 'must be in E.164 format'),
  source: z.string('is required').min(1, 'should not be empty').max(100, 'must be at most 100 characters'),
  reason: z.string('must be text').max(500, 'must be at most 500 characters').optional(),
});

export const DncEntryResponse = z.looseObject({
  phoneNumber: z.string().regex(E164_PATTERN).optional(),
  source: z.string().optional(),
  addedDate: z.iso.datetime().optional(),
  addedBy: z.string().optional(),
  reason: z.string().optional(),
  lastModified: z.iso.datetime().optional(),
});

const errors = {
  400: DncError,
  401: DncError,
  403: DncError,
  404: DncError,
  500: DncError,
  502: DncError,
  503: DncError,
  504: DncError,
} as const;
/** The reference gives the 429 a body; elsewhere it is said to come without one. */
const tooMany = { 429: z.union([DncError, z.undefined()]) } as const;
const entryPath = '/v3/campaign-management/dncList/{dncListName}/phoneNumber/{phoneNumber}';

export const dncOperations = {
  dncAdd: {
    method: 'POST',
    path: '/v3/campaign-management/dncList/{dncListName}/phoneNumber',
    contentType: 'application/json',
    body: DncEntryRequest,
    trackingId: false,
    responses: { 201: DncEntryResponse, ...errors, ...tooMany, 409: DncError },
  },
  dncGet: {
    method: 'GET',
    path: entryPath,
    trackingId: false,
    responses: { 200: DncEntryResponse, ...errors, ...tooMany },
  },
  dncRemove: {
    method: 'DELETE',
    path: entryPath,
    trackingId: false,
    responses: { 204: 'empty', ...errors, ...tooMany },
  },
} satisfies Record<string, OperationContract>;
