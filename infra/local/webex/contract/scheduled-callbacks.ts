import * as z from 'zod';
import { GeneralError, Guid, IntegerText, type OperationContract } from './common.ts';
import { pageSizeText } from './tasks.ts';

/** Digits, space, `-().` and one leading plus; 7 to 15 characters in all (OpenAPI, ScheduleCallbackRequest). */
export const CALLBACK_NUMBER_PATTERN = /^(?=.{7,15}$)\+?[0-9 ().-]+$/;

const ClockTime = z.string('is required').regex(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/, 'must be a time such as 17:45:15');

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone.length > 0;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};

export const ScheduleCallbackRequest = z.strictObject({
  customerName: z.string('is required').min(1, 'must not be empty').max(250, 'must be at most 250 characters'),
  callbackNumber: z
    .string('is required')
    .regex(CALLBACK_NUMBER_PATTERN, 'must be 7 to 15 characters of digits, space, - ( ) . and an optional leading +'),
  timezone: z.string('is required').refine(isTimeZone, 'must be an IANA time zone name'),
  scheduleDate: z.iso.date('must be a date such as 2026-11-23'),
  startTime: ClockTime,
  endTime: ClockTime,
  queueId: z.string('is required').min(1, 'must not be empty'),
  callbackReason: z.string('must be text').optional(),
  sourceInteraction: Guid.optional(),
  assigneeAgent: Guid.optional(),
});

export const CallbackScheduleUpdateRequest = z.strictObject({ id: Guid, ...ScheduleCallbackRequest.shape });

export const CallbackSchedule = z.looseObject({
  id: Guid,
  customerName: z.string(),
  callbackNumber: z.string(),
  timezone: z.string(),
  scheduleDate: z.iso.date(),
  startTime: z.string(),
  endTime: z.string(),
  queueId: z.string(),
  callbackReason: z.string().optional(),
  sourceInteraction: Guid.optional(),
  callbackOrigin: z.string(),
  createdTimestamp: z.int(),
  lastUpdatedTimestamp: z.int(),
  assigneeAgent: Guid.optional(),
  assignedTime: z.int().optional(),
  orgId: Guid,
});

export const ListCallbacksQuery = z
  .strictObject({
    callbackNumber: z.string().regex(CALLBACK_NUMBER_PATTERN, 'must be 7 to 15 characters').optional(),
    assigneeAgent: Guid.optional(),
    page: IntegerText.optional(),
    pageSize: pageSizeText(100).optional(),
    sortBy: z.enum(['customerName', 'scheduledTime', 'assignedTime']).optional(),
    sortOrder: z.enum(['asc', 'desc']).optional(),
  })
  .superRefine((query, context) => {
    if (query.callbackNumber === undefined && query.assigneeAgent === undefined) {
      context.addIssue({ code: 'custom', message: 'callbackNumber or assigneeAgent must be given' });
    }
    if (query.sortBy === 'assignedTime' && query.assigneeAgent === undefined) {
      context.addIssue({ code: 'custom', path: ['sortBy'], message: 'assignedTime needs assigneeAgent' });
    }
  });

const PageLink = z.string();

export const CallbackSchedulesResponse = z.looseObject({
  meta: z.looseObject({
    orgId: Guid,
    page: z.int(),
    pageSize: z.int(),
    totalPages: z.int(),
    totalRecords: z.int(),
    links: z.looseObject({
      self: PageLink,
      first: PageLink.optional(),
      last: PageLink.optional(),
      next: PageLink.optional(),
      prev: PageLink.optional(),
    }),
  }),
  data: z.array(CallbackSchedule),
});

const errors = { 401: GeneralError, 403: GeneralError, 429: 'empty', 500: GeneralError, 503: GeneralError } as const;
const collection = '/v1/callbacks/organization/{orgId}/scheduled-callback';
const item = `${collection}/{id}`;

export const scheduledCallbackOperations = {
  scheduledCallbackCreate: {
    method: 'POST',
    path: collection,
    contentType: 'application/json',
    body: ScheduleCallbackRequest,
    trackingId: false,
    responses: { 201: CallbackSchedule, 400: GeneralError, ...errors },
  },
  scheduledCallbackList: {
    method: 'GET',
    path: collection,
    query: ListCallbacksQuery,
    trackingId: false,
    responses: { 200: CallbackSchedulesResponse, 400: GeneralError, ...errors },
  },
  scheduledCallbackGet: {
    method: 'GET',
    path: item,
    trackingId: false,
    responses: { 200: CallbackSchedule, 404: GeneralError, ...errors },
  },
  scheduledCallbackUpdate: {
    method: 'PUT',
    path: item,
    contentType: 'application/json',
    body: CallbackScheduleUpdateRequest,
    trackingId: false,
    responses: { 200: CallbackSchedule, 400: GeneralError, 404: GeneralError, ...errors },
  },
  scheduledCallbackDelete: {
    method: 'DELETE',
    path: item,
    trackingId: false,
    responses: { 204: 'empty', 404: GeneralError, ...errors },
  },
} satisfies Record<string, OperationContract>;
