import * as z from 'zod';
import { ApiError, EpochMsText, GeneralError, Guid, IntegerText, type OperationContract, utf8Bytes } from './common.ts';

/** OpenAPI, CreateTaskRequest. */
export const TASK_TEXT_CHARACTERS_MAX = 36;
export const ATTRIBUTES_MAX = 30;
export const ATTRIBUTE_KEY_BYTES_MAX = 200;
export const ATTRIBUTE_VALUE_BYTES_MAX = 1024;
export const SIP_HEADERS_MAX = 20;
export const SIP_HEADERS_BYTES_MAX = 1100;

const text36 = z
  .string('is required and must be text')
  .min(1, 'must not be empty')
  .max(TASK_TEXT_CHARACTERS_MAX, `must be at most ${TASK_TEXT_CHARACTERS_MAX} characters`);

const Attributes = z.record(z.string(), z.string('must be text')).superRefine((attributes, context) => {
  const pairs = Object.entries(attributes);
  if (pairs.length > ATTRIBUTES_MAX) {
    context.addIssue({ code: 'custom', message: `must hold at most ${ATTRIBUTES_MAX} pairs, got ${pairs.length}` });
  }
  for (const [key, value] of pairs) {
    if (utf8Bytes(key) > ATTRIBUTE_KEY_BYTES_MAX) {
      context.addIssue({ code: 'custom', message: `has a key of more than ${ATTRIBUTE_KEY_BYTES_MAX} bytes` });
    }
    if (utf8Bytes(value) > ATTRIBUTE_VALUE_BYTES_MAX) {
      context.addIssue({ code: 'custom', path: [key], message: `must be at most ${ATTRIBUTE_VALUE_BYTES_MAX} bytes` });
    }
  }
});

/** The first 20 headers by name with lower-case keys; the others are dropped, not refused (OpenAPI, customAttributes). */
export const keptSipHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .map(([key, value]): [string, string] => [key.toLowerCase(), value])
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, SIP_HEADERS_MAX),
  );

const CustomAttributes = z.record(z.string(), z.string('must be text')).superRefine((headers, context) => {
  const bytes = Object.entries(keptSipHeaders(headers)).reduce((sum, pair) => sum + utf8Bytes(pair.join('')), 0);
  if (bytes > SIP_HEADERS_BYTES_MAX) {
    context.addIssue({
      code: 'custom',
      message: `must be at most ${SIP_HEADERS_BYTES_MAX} bytes in all, got ${bytes}`,
    });
  }
});

export const CreateTaskRequest = z
  .strictObject({
    destination: text36,
    entryPointId: text36,
    mediaType: z.literal('telephony', 'must be telephony'),
    outboundType: z.enum(['CALLBACK', 'EXECUTE_FLOW', 'OUTDIAL'], 'must be CALLBACK, EXECUTE_FLOW or OUTDIAL'),
    origin: text36.regex(/^\+[1-9]\d{1,14}$/, 'Invalid origin').optional(),
    attributes: Attributes.optional(),
    callback: z
      .strictObject({
        callbackOrigin: z.literal('web', 'must be web'),
        callbackType: z.literal('immediate', 'must be immediate'),
      })
      .optional(),
    customAttributes: CustomAttributes.optional(),
  })
  .superRefine((task, context) => {
    if (task.outboundType === 'CALLBACK' && task.callback === undefined) {
      context.addIssue({ code: 'custom', path: ['callback'], message: 'is required for CALLBACK' });
    }
    if (task.outboundType !== 'CALLBACK' && task.origin === undefined) {
      context.addIssue({ code: 'custom', path: ['origin'], message: `is required for ${task.outboundType}` });
    }
  });

export const CreateTaskResponse = z.strictObject({
  meta: z.strictObject({ orgId: Guid }),
  data: z.strictObject({ id: Guid }),
});

const ChannelTypes = z
  .string()
  .regex(
    /^(email|chat|telephony|social)(,(email|chat|telephony|social))*$/,
    'must be email, chat, telephony or social',
  );

export const pageSizeText = (max: number) =>
  IntegerText.refine((text) => Number(text) >= 1 && Number(text) <= max, `must be 1 to ${max}`);

export const GetTasksQuery = z.strictObject({
  from: EpochMsText,
  to: EpochMsText.optional(),
  channelTypes: ChannelTypes.optional(),
  pageSize: pageSizeText(1000).optional(),
  orgId: z.string().optional(),
});

const NamedThing = z.looseObject({ id: z.string(), name: z.string() });

export const TaskStatus = z.enum(['created', 'queued', 'offered', 'assigned', 'abandoned', 'completed']);

export const GetTasksResponse = z.looseObject({
  meta: z.looseObject({ orgId: z.string().optional() }),
  data: z.array(
    z.looseObject({
      id: z.string(),
      attributes: z.looseObject({
        owner: NamedThing,
        queue: NamedThing,
        channelType: z.string(),
        status: TaskStatus,
        createdTime: z.int(),
        lastUpdatedTime: z.int(),
        captureRequested: z.boolean().optional(),
        origin: z.string().optional(),
        destination: z.string().optional(),
        direction: z.string().optional(),
        reasonCode: z.string().optional(),
      }),
    }),
  ),
});

const generalErrors = {
  400: GeneralError,
  401: GeneralError,
  403: GeneralError,
  429: 'empty',
  500: GeneralError,
  503: GeneralError,
} as const;

export const taskOperations = {
  createTask: {
    method: 'POST',
    path: '/v1/tasks',
    contentType: 'application/json',
    body: CreateTaskRequest,
    trackingId: false,
    responses: { 201: CreateTaskResponse, ...generalErrors },
  },
  getTasks: {
    method: 'GET',
    path: '/v1/tasks',
    query: GetTasksQuery,
    trackingId: true,
    responses: {
      200: GetTasksResponse,
      400: ApiError,
      401: ApiError,
      403: ApiError,
      413: ApiError,
      429: 'empty',
      500: ApiError,
      503: ApiError,
    },
  },
} satisfies Record<string, OperationContract>;
