import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import type * as z from 'zod';
import { fail, ok, type Result } from '../../../../src/shared/result.ts';
import {
  CallbackScheduleUpdateRequest,
  ListCallbacksQuery,
  ScheduleCallbackRequest,
} from '../contract/scheduled-callbacks.ts';
import { type Answer, empty, errorAnswer, json } from '../http/answers.ts';
import { type ApiRequest, parseJsonBody, parseQuery } from '../http/request.ts';
import type { Simulation } from '../simulation.ts';
import type { ScheduledCallback } from '../store/scheduled-callback-store.ts';
import { type ApiRoute, route, USER_SCOPE } from './route.ts';

/** OpenAPI, ScheduleCallbackRequest. */
const LEAD_MS_MIN = 30 * 60_000;
const WINDOW_MS_MIN = 30 * 60_000;
const WINDOW_MS_MAX = 8 * 3_600_000;
const DAYS_AHEAD_MAX = 31;
const PAGE_SIZE_DEFAULT = 50;

type Order = z.output<typeof ScheduleCallbackRequest>;

const refuse = (request: ApiRequest, status: number, words: string): Answer =>
  errorAnswer('general', status, words, request.trackingId);
const notFound = (request: ApiRequest): Answer => refuse(request, 404, 'Not Found');

/** The start as an instant, or the sentence that says which limit the times break. */
function startOf(order: Order, nowMs: number): Result<number, string> {
  const instantMs = (time: string) =>
    Temporal.PlainDateTime.from(`${order.scheduleDate}T${time}`).toZonedDateTime(order.timezone).epochMilliseconds;
  const today = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(order.timezone).toPlainDate();
  const daysAhead = today.until(Temporal.PlainDate.from(order.scheduleDate), { largestUnit: 'days' }).days;
  const startMs = instantMs(order.startTime);
  const windowMs = instantMs(order.endTime) - startMs;
  if (daysAhead < 0 || daysAhead > DAYS_AHEAD_MAX)
    return fail(`scheduleDate: must be within ${DAYS_AHEAD_MAX} days from today.`);
  if (startMs < nowMs + LEAD_MS_MIN) return fail('startTime: must be at least 30 minutes in the future.');
  if (windowMs < WINDOW_MS_MIN) return fail('endTime: must be at least 30 minutes after startTime.');
  if (windowMs > WINDOW_MS_MAX) return fail('endTime: must not be more than 8 hours after startTime.');
  return ok(startMs);
}

function organizationRefusal(order: Order, { settings }: Simulation): string | undefined {
  if (!settings.scheduledCallbacksConfigured) return 'The organization has no default callback entry point and ANI.';
  const known = settings.queues.length === 0 || settings.queues.some((queue) => queue.id === order.queueId);
  return known ? undefined : 'queueId: is unknown.';
}

/** What is to be stored, or why it is refused. */
function plan(
  order: Order,
  request: ApiRequest,
  simulation: Simulation,
  before?: ScheduledCallback,
): Result<ScheduledCallback, string> {
  const refusal = organizationRefusal(order, simulation);
  if (refusal) return fail(refusal);
  const start = startOf(order, request.nowMs);
  if (!start.ok) return start;
  const sameAgent = before?.schedule.assigneeAgent === order.assigneeAgent;
  const assignedTime = sameAgent ? before?.schedule.assignedTime : request.nowMs;
  const schedule = {
    ...order,
    id: before?.schedule.id ?? randomUUID(),
    callbackOrigin: 'api',
    createdTimestamp: before?.schedule.createdTimestamp ?? request.nowMs,
    lastUpdatedTimestamp: request.nowMs,
    ...(order.assigneeAgent === undefined ? {} : { assignedTime }),
    orgId: simulation.organizationId,
  };
  return ok({ schedule, startAtMs: start.value });
}

function create(request: ApiRequest, simulation: Simulation): Answer {
  const parsed = parseJsonBody(request, ScheduleCallbackRequest);
  const planned = parsed.ok ? plan(parsed.value, request, simulation) : parsed;
  if (!planned.ok) return refuse(request, 400, planned.failure);
  simulation.saveCallback(planned.value);
  return json(201, planned.value.schedule);
}

const stored = (request: ApiRequest, simulation: Simulation) =>
  simulation.callbacks.find((request.params['id'] ?? '').toLowerCase());

function read(request: ApiRequest, simulation: Simulation): Answer {
  const callback = stored(request, simulation);
  return callback ? json(200, callback.schedule) : notFound(request);
}

function update(request: ApiRequest, simulation: Simulation): Answer {
  const before = stored(request, simulation);
  if (!before) return notFound(request);
  const parsed = parseJsonBody(request, CallbackScheduleUpdateRequest);
  if (!parsed.ok) return refuse(request, 400, parsed.failure);
  if (parsed.value.id.toLowerCase() !== before.schedule.id)
    return refuse(request, 400, 'id: must be the id of the address.');
  const planned = plan(parsed.value, request, simulation, before);
  if (!planned.ok) return refuse(request, 400, planned.failure);
  simulation.saveCallback(planned.value);
  return json(200, planned.value.schedule);
}

function remove(request: ApiRequest, simulation: Simulation): Answer {
  return simulation.callbacks.remove((request.params['id'] ?? '').toLowerCase()) ? empty(204) : notFound(request);
}

function list(request: ApiRequest, simulation: Simulation): Answer {
  const parsed = parseQuery(request.query, ListCallbacksQuery);
  if (!parsed.ok) return refuse(request, 400, parsed.failure);
  const query = parsed.value;
  const page = Number(query.page ?? 0);
  const pageSize = Number(query.pageSize ?? PAGE_SIZE_DEFAULT);
  const found = simulation.callbacks.list({
    callbackNumber: query.callbackNumber,
    assigneeAgent: query.assigneeAgent,
    sortBy: query.sortBy ?? 'scheduledTime',
    descending: query.sortOrder === 'desc',
    limit: pageSize,
    offset: page * pageSize,
  });
  const totalPages = Math.ceil(found.total / pageSize);
  const link = (number: number) =>
    `${request.pathname}?${new URLSearchParams({ ...request.query, page: `${number}`, pageSize: `${pageSize}` }).toString()}`;
  const links = {
    self: link(page),
    first: link(0),
    last: link(Math.max(0, totalPages - 1)),
    ...(page + 1 < totalPages ? { next: link(page + 1) } : {}),
    ...(page > 0 ? { prev: link(page - 1) } : {}),
  };
  const meta = { orgId: simulation.organizationId, page, pageSize, totalPages, totalRecords: found.total, links };
  return json(200, { meta, data: found.page.map(({ schedule }) => schedule) });
}

const callbackRoute = (name: Parameters<typeof route>[0], handle: ApiRoute['handle']) =>
  route(name, { errors: 'general', scopes: USER_SCOPE, handle });

export const scheduledCallbackRoutes: readonly ApiRoute[] = [
  callbackRoute('scheduledCallbackCreate', create),
  callbackRoute('scheduledCallbackList', list),
  callbackRoute('scheduledCallbackGet', read),
  callbackRoute('scheduledCallbackUpdate', update),
  callbackRoute('scheduledCallbackDelete', remove),
];
