import * as z from 'zod';
import { issueSentence } from '../errors.ts';
import { FaultRulesSchema } from '../faults/schema.ts';
import { type Answer, empty, json } from '../http/answers.ts';
import { parseJsonBody } from '../http/request.ts';
import { html } from '../pages/html.ts';
import { homePage } from '../pages/home-page.ts';
import { OutcomeSchema } from '../settings.ts';
import type { Simulation } from '../simulation.ts';
import { orderedPlan } from '../tasks/life.ts';
import { ALL_SCOPES } from '../tokens.ts';
import { toTaskEntry } from './task-entry.ts';

/** A request to the simulator itself, at a path that begins with `/_`. */
export interface ControlRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly url: URL;
  readonly contentType: string;
  readonly bodyText: string;
  readonly nowMs: number;
}

export interface ControlRoute {
  readonly method: string;
  readonly path: string;
  readonly handle: (request: ControlRequest, simulation: Simulation) => Answer;
}

const ENTRIES_MAX = 10_000;
const whole = z
  .string()
  .regex(/^\d{1,12}$/, 'must be a whole number')
  .transform(Number);
const ListQuery = z.strictObject({
  since: whole.default(0),
  limit: whole
    .refine((limit) => limit >= 1 && limit <= ENTRIES_MAX, `must be 1 to ${ENTRIES_MAX}`)
    .default(ENTRIES_MAX),
  /** The last so many, instead of `limit`. */
  tail: whole.refine((tail) => tail >= 1 && tail <= ENTRIES_MAX, `must be 1 to ${ENTRIES_MAX}`).optional(),
});
const TasksQuery = z.strictObject({ ...ListQuery.shape, number: z.string().optional() });
const RequestsQuery = z.strictObject({
  ...ListQuery.shape,
  operation: z.string().optional(),
  status: whole.optional(),
});

const TaskOrderSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('created') }),
  z.strictObject({ status: z.literal('connected') }),
  z.strictObject({ status: z.literal('ended'), outcome: OutcomeSchema.default('connected') }),
]);
const TokenOrderSchema = z.strictObject({ scope: z.string().min(1).max(500).default(ALL_SCOPES) });
const RevokeSchema = z.strictObject({ kind: z.enum(['access', 'refresh'], 'must be access or refresh') });

const problem = (status: number, error: string): Answer => json(status, { error });

/** Has `use` answer what the query holds, or says what is wrong with it. */
function withQuery<S extends z.ZodType>(
  request: ControlRequest,
  schema: S,
  use: (query: z.output<S>) => Answer,
): Answer {
  const parsed = schema.safeParse(Object.fromEntries(request.url.searchParams));
  return parsed.success ? use(parsed.data) : problem(400, `${issueSentence(parsed.error)}.`);
}

/** JSON only: a form on a web page must not be able to order anything. */
function withBody<S extends z.ZodType>(request: ControlRequest, schema: S, use: (body: z.output<S>) => Answer): Answer {
  const body = parseJsonBody(request, z.object({}));
  if (!body.ok) return problem(400, body.failure);
  const parsed = schema.safeParse(body.value);
  return parsed.success ? use(parsed.data) : problem(400, `${issueSentence(parsed.error)}.`);
}

/** A plain list; where there is more, a Link header leads on. */
function listAnswer(entries: readonly { readonly index: number }[], limit: number, request: ControlRequest): Answer {
  const last = entries.at(-1);
  if (entries.length < limit || !last) return json(200, entries);
  const next = new URL(request.url);
  next.searchParams.set('since', String(last.index));
  return json(200, entries, { link: `<${next.pathname}${next.search}>; rel="next"` });
}

const listTasks: ControlRoute['handle'] = (request, simulation) =>
  withQuery(request, TasksQuery, ({ since, limit, tail, number }) => {
    const found = simulation.tasks.list({ since, limit: tail ?? limit, tail: tail !== undefined, number });
    return listAnswer(
      found.map((task) => toTaskEntry(task, request.nowMs)),
      tail === undefined ? limit : Number.POSITIVE_INFINITY,
      request,
    );
  });

const listRequests: ControlRoute['handle'] = (request, simulation) =>
  withQuery(request, RequestsQuery, ({ since, limit, tail, operation, status }) => {
    const found = simulation.requests.list({
      since,
      limit: tail ?? limit,
      tail: tail !== undefined,
      operation,
      status,
    });
    return listAnswer(found, tail === undefined ? limit : Number.POSITIVE_INFINITY, request);
  });

const readTask: ControlRoute['handle'] = (request, simulation) => {
  const task = simulation.tasks.find(request.params['id'] ?? '');
  return task ? json(200, toTaskEntry(task, request.nowMs)) : problem(404, 'There is no task with this id.');
};

const orderTask: ControlRoute['handle'] = (request, simulation) =>
  withBody(request, TaskOrderSchema, (order) => {
    const task = simulation.tasks.find(request.params['id'] ?? '');
    if (!task) return problem(404, 'There is no task with this id.');
    simulation.tasks.replan(task.id, orderedPlan(task.plan, order, request.nowMs));
    return readTask(request, simulation);
  });

const readFaults: ControlRoute['handle'] = (_request, { faults }) =>
  json(200, {
    rules: faults.list().map(({ id, rule, fired }) => ({ ...rule, id, ...left(rule.remaining, fired), fired })),
  });

const left = (ordered: number | undefined, fired: number) =>
  ordered === undefined ? {} : { remaining: ordered - fired };

const replaceFaults: ControlRoute['handle'] = (request, simulation) =>
  withBody(request, FaultRulesSchema, ({ rules }) => {
    simulation.faults.replace(rules);
    return readFaults(request, simulation);
  });

const changeSettings: ControlRoute['handle'] = (request, simulation) =>
  withBody(request, z.record(z.string(), z.unknown()), (changes) => {
    const changed = simulation.changeSettings(changes);
    return changed.ok ? json(200, changed.value) : problem(400, changed.failure);
  });

const issueTokens: ControlRoute['handle'] = (request, simulation) =>
  withBody(request, TokenOrderSchema, ({ scope }) => {
    const grant = { clientId: simulation.clientId, orgId: simulation.organizationId, scope };
    return json(201, simulation.tokens.issue(grant, request.nowMs));
  });

const revokeTokens: ControlRoute['handle'] = (request, simulation) =>
  withBody(request, RevokeSchema, ({ kind }) => {
    simulation.tokens.expireAll(kind, request.nowMs);
    return empty(204);
  });

const listContacts: ControlRoute['handle'] = (request, simulation) =>
  withQuery(request, ListQuery, ({ since, limit }) =>
    listAnswer(simulation.contacts.contacts(request.params['id'] ?? '', since, limit), limit, request),
  );

const listContactLists: ControlRoute['handle'] = (request, simulation) =>
  withQuery(request, ListQuery, ({ limit, tail }) =>
    json(
      200,
      simulation.contacts.lastLists(tail ?? limit).map(({ id, expiredAtMs, ...list }) => {
        const isExpired = (expiredAtMs ?? list.expiresAtMs) <= request.nowMs;
        const status = isExpired ? 'Expired' : list.activateAtMs > request.nowMs ? 'Waiting' : 'Active';
        return { index: Number(id), id, status, ...list, ...simulation.contacts.totals(id, request.nowMs) };
      }),
    ),
  );

/** What the person at the terminal or a test can ask and order. */
export const controlRoutes: readonly ControlRoute[] = [
  { method: 'GET', path: '/', handle: () => html(200, homePage()) },
  { method: 'GET', path: '/_health', handle: () => json(200, { ok: true }) },
  { method: 'GET', path: '/_tasks', handle: listTasks },
  { method: 'GET', path: '/_tasks/{id}', handle: readTask },
  { method: 'PUT', path: '/_tasks/{id}', handle: orderTask },
  { method: 'GET', path: '/_requests', handle: listRequests },
  { method: 'GET', path: '/_faults', handle: readFaults },
  { method: 'PUT', path: '/_faults', handle: replaceFaults },
  {
    method: 'DELETE',
    path: '/_faults',
    handle: (_request, { faults }) => {
      faults.clear();
      return empty(204);
    },
  },
  { method: 'GET', path: '/_settings', handle: (_request, { settings }) => json(200, settings) },
  { method: 'PATCH', path: '/_settings', handle: changeSettings },
  {
    method: 'DELETE',
    path: '/_settings',
    handle: (_request, simulation) => {
      simulation.resetSettings();
      return json(200, simulation.settings);
    },
  },
  {
    method: 'DELETE',
    path: '/_state',
    handle: (_request, simulation) => {
      simulation.empty();
      return empty(204);
    },
  },
  {
    method: 'GET',
    path: '/_usage',
    handle: ({ nowMs }, { budget, clientId, settings }) =>
      json(200, {
        clientId,
        usedInLastMinute: budget.used(clientId, nowMs),
        requestsPerMinute: settings.requestsPerMinute,
      }),
  },
  { method: 'POST', path: '/_tokens', handle: issueTokens },
  { method: 'POST', path: '/_tokens/revoke', handle: revokeTokens },
  { method: 'GET', path: '/_dnc', handle: (_request, { dnc }) => json(200, dnc.list(ENTRIES_MAX)) },
  {
    method: 'GET',
    path: '/_scheduled-callbacks',
    handle: (_request, { callbacks }) =>
      json(
        200,
        callbacks.all(ENTRIES_MAX).map(({ schedule }) => schedule),
      ),
  },
  { method: 'GET', path: '/_contact-lists', handle: listContactLists },
  { method: 'GET', path: '/_contact-lists/{id}/contacts', handle: listContacts },
];
