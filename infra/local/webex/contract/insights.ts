import * as z from 'zod';
import { ApiError, EpochMsText, IntegerText, type OperationContract } from './common.ts';
import { pageSizeText } from './tasks.ts';

/** `query` is GraphQL text; `from` and `to` inside it are epoch milliseconds. */
export const SearchRequest = z.strictObject({
  query: z.string('is required').min(1, 'must not be empty'),
  variables: z.record(z.string(), z.unknown()).optional(),
});

export const SearchQuery = z.strictObject({ orgId: z.string().optional() });

const PageInfo = z.looseObject({ hasNextPage: z.boolean().optional(), endCursor: z.string().nullish() });

/** The members of a task are those that the query selected. */
export const SearchResponse = z.looseObject({
  data: z.record(
    z.string(),
    z.looseObject({ tasks: z.array(z.looseObject({})).optional(), pageInfo: PageInfo.nullish() }).nullable(),
  ),
});

const between = (min: number, max: number) =>
  IntegerText.refine((text) => Number(text) >= min && Number(text) <= max, `must be ${min} to ${max}`);

export const EwtQuery = z.strictObject({
  queueId: z.string('is required').min(1, 'must not be empty'),
  lookbackMinutes: between(5, 240),
  maxCV: between(1, 100).optional(),
  minValidSamples: between(1, 100).optional(),
  orgId: z.string().optional(),
});

/** Milliseconds. */
export const EwtResponse = z.looseObject({ estimatedWaitTime: z.number() });

const IdList = z.string().refine((text) => text.split(',').length <= 100, 'must name at most 100 ids');

export const AgentActivitiesQuery = z.strictObject({
  agentIds: IdList.optional(),
  teamIds: IdList.optional(),
  channelTypes: z.string().optional(),
  from: EpochMsText,
  to: EpochMsText.optional(),
  pageSize: pageSizeText(1000).optional(),
  page: IntegerText.optional(),
  orgId: z.string().optional(),
});

export const AgentActivity = z.looseObject({
  active: z.boolean(),
  agentDn: z.string(),
  agentId: z.string(),
  agentLogin: z.string(),
  agentName: z.string(),
  agentSessionId: z.string(),
  channelId: z.string(),
  channelType: z.string(),
  currentState: z.string(),
  endTime: z.int(),
  idleCode: z.string(),
  idleCodeName: z.string(),
  isLogin: z.int(),
  mmProfileType: z.string(),
  queueId: z.string(),
  queueName: z.string(),
  reason: z.string(),
  siteId: z.string(),
  siteName: z.string(),
  startTime: z.int(),
  subChannelType: z.string(),
  taskId: z.string(),
  teamId: z.string(),
  teamName: z.string(),
  wrapupCodeName: z.string(),
});

export const AgentActivitiesResponse = z.looseObject({
  meta: z.looseObject({ orgId: z.string().optional() }),
  data: z.array(AgentActivity),
});

const errors = { 400: ApiError, 401: ApiError, 403: ApiError, 429: 'empty', 500: ApiError, 503: ApiError } as const;

export const insightOperations = {
  search: {
    method: 'POST',
    path: '/search',
    contentType: 'application/json',
    body: SearchRequest,
    query: SearchQuery,
    trackingId: true,
    responses: { 200: SearchResponse, ...errors, 404: ApiError, 409: ApiError, 413: ApiError },
  },
  ewt: {
    method: 'GET',
    path: '/v1/ewt',
    query: EwtQuery,
    trackingId: true,
    responses: { 200: EwtResponse, 204: 'empty', ...errors },
  },
  agentActivities: {
    method: 'GET',
    path: '/v1/agents/activities',
    query: AgentActivitiesQuery,
    trackingId: true,
    responses: { 200: AgentActivitiesResponse, ...errors, 413: ApiError },
  },
} satisfies Record<string, OperationContract>;
