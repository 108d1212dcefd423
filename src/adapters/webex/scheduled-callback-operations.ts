import * as z from 'zod/mini';
import { Id, text, Uuid } from './fields.ts';
import { defineOperation } from './operation.ts';

const ClockTime = z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/, 'must be a time such as 17:45:15'));
const CalendarDate = z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date such as 2026-11-23'));
const CallbackNumber = z
  .string()
  .check(
    z.regex(/^\+?[\d ().-]{7,15}$/, 'must be a number of 7 to 15 characters'),
    z.maxLength(15, 'must be a number of 7 to 15 characters'),
  );

/** Body of a new scheduled callback, in local time of its zone. */
export const ScheduledCallbackBodySchema = z.strictObject({
  customerName: text(250),
  callbackNumber: CallbackNumber,
  timezone: text(100),
  scheduleDate: CalendarDate,
  startTime: ClockTime,
  endTime: ClockTime,
  queueId: text(100),
  callbackReason: z.optional(z.string()),
  assigneeAgent: z.optional(Uuid),
});
export type ScheduledCallbackBody = z.output<typeof ScheduledCallbackBodySchema>;

/** A PUT names the id in the body as well as in the path. */
export const ScheduledCallbackUpdateSchema = z.extend(ScheduledCallbackBodySchema, { id: Id });

export const ScheduledCallbackSchema = z.object({
  id: Id,
  customerName: z.nullish(z.string()),
  callbackNumber: z.string(),
  timezone: z.string(),
  scheduleDate: z.string(),
  startTime: z.string(),
  endTime: z.string(),
  queueId: z.nullish(z.string()),
  assigneeAgent: z.nullish(z.string()),
  createdTimestamp: z.nullish(z.number()),
});
export type ScheduledCallback = z.output<typeof ScheduledCallbackSchema>;

const PATH = '/v1/callbacks/organization/{orgId}/scheduled-callback';
const COMMON = { service: 'scheduled-callbacks', tracking: false } as const;

export const createScheduledCallbackOperation = defineOperation({
  ...COMMON,
  name: 'createScheduledCallback',
  method: 'POST',
  path: PATH,
  repeatable: false,
  request: ScheduledCallbackBodySchema,
  answer: z.object({ id: Id }),
});

export const listScheduledCallbacksOperation = defineOperation({
  ...COMMON,
  name: 'listScheduledCallbacks',
  method: 'GET',
  path: PATH,
  repeatable: true,
  answer: z.object({ meta: z.object({ totalPages: z.number() }), data: z.array(ScheduledCallbackSchema) }),
});

export const getScheduledCallbackOperation = defineOperation({
  ...COMMON,
  name: 'getScheduledCallback',
  method: 'GET',
  path: `${PATH}/{id}`,
  repeatable: true,
  answer: ScheduledCallbackSchema,
});

/** Sets the whole callback, so doing it twice does no more than doing it once. */
export const updateScheduledCallbackOperation = defineOperation({
  ...COMMON,
  name: 'updateScheduledCallback',
  method: 'PUT',
  path: `${PATH}/{id}`,
  repeatable: true,
  request: ScheduledCallbackUpdateSchema,
  answer: z.unknown(),
});

export const deleteScheduledCallbackOperation = defineOperation({
  ...COMMON,
  name: 'deleteScheduledCallback',
  method: 'DELETE',
  path: `${PATH}/{id}`,
  repeatable: false,
  answer: z.unknown(),
});
